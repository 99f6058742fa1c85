-- Which match models decided the pairs that are kept: a linker that starts must see at once whether another one did.
-- An older binary neither needs nor minds the index.
create index edges_by_model on edges (model);
