## Abonnements d’autres registres (SPDCI)

spdci-no-such-event = cet événement n’est pas annoncé : le sont enrollement, enrollement_status_change et death
spdci-no-rhythm = les avis partent au moment des faits, à aucun autre rythme : n’indiquez pas de fréquence
spdci-nobody-followed = le filtre désigne une personne par un numéro d’un type connu
spdci-not-followed = aucun accord en vigueur ne vous permet de suivre tous les assurés de ce programme : désignez chacun par un numéro
spdci-already-subscribed = cet abonnement existe déjà
spdci-no-subscription = vous n’avez pas d’abonnement de ce code
spdci-already-ended = cet abonnement est déjà terminé
spdci-unknown-beneficiary = aucune fiche de votre programme ne porte ces numéros : envoyez la fiche elle-même
spdci-refused-update = cela ne s’accorde pas avec ce qui est connu de la fiche et attend parmi vos fiches refusées : corrigez-la là, ou envoyez la fiche elle-même
spdci-unclear-status = seuls « Suspended » et « Active », avec le jour du changement, sont repris ici : envoyez la fiche elle-même
