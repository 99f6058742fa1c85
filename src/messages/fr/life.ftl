### Ce que dit `dankun mapping` de la vie des versions.

## Vie des fichiers de données

life-no-key = donnez la clé avec laquelle parler au carrefour : --key ou DANKUN_KEY
life-no-address = l’adresse donnée à --hub n’est pas celle d’un carrefour
life-stale = { $file } n’est plus comme vous l’aviez lu : quelqu’un d’autre l’a enregistré entre-temps. Relancez la commande.
life-unknown = il n’y a pas de { $file }, ou pas cette version
life-withdrawn = cette version de { $file } a été abandonnée
life-counted = cette version de { $file } a déjà été en vigueur : publiez-en une autre, ou revenez à une plus ancienne avec rollback
life-nothing-earlier = { $file } n’a pas de version plus ancienne à laquelle revenir
life-past = ce moment est déjà passé
life-moved = le carrefour a une version plus récente que celle d’où partent vos fichiers : { $files }. Regardez avec diff, reprenez avec pull, ou publiez quand même avec --force.
life-older = { $file } : version plus ancienne, déjà remplacée dans le carrefour ; pour y revenir : dankun mapping rollback
life-would-publish = { $count ->
    [0] Rien ne changerait.
    [one] Une version serait publiée ; rien n’a été changé.
   *[other] { $count } versions seraient publiées ; rien n’a été changé.
}
life-published-for = { $count ->
    [0] Rien à publier : ces versions sont déjà prévues.
    [one] Une version entrera en vigueur le { $at }.
   *[other] { $count } versions entreront en vigueur le { $at }.
}
life-approved = { $file } : version { $hash } approuvée
life-given-up = { $file } : version { $hash } abandonnée
life-pull-created = nouveau : { $file }
life-pull-updated = mis à jour : { $file }
life-pull-kept = modifié ici, laissé tel quel : { $file } (--force pour l’écraser)
life-pull-summary = Fichiers écrits : { $written } ; déjà à jour : { $same } ; laissés tels quels : { $kept }
life-diff-summary = { $count ->
    [0] Aucune différence.
    [one] Un fichier diffère.
   *[other] { $count } fichiers diffèrent.
}
life-state-draft = brouillon
life-state-checked = vérifiée
life-state-tested = essayée
life-state-previewed = aperçue
life-state-approved = approuvée
life-state-published = publiée pour plus tard
life-state-in_force = en vigueur
life-state-superseded = remplacée
life-state-withdrawn = abandonnée
