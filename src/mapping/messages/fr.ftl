# Ce qui ne va pas dans un fichier de correspondance. L'attribut « label » se place sous l'endroit.
weight-error = erreur
weight-warning = attention
help = aide
did-you-mean = vouliez-vous dire « { $name } » ?
correction-replace = remplacer par « { $text } »
correction-add = ajouter « { $text } »
correction-remove = supprimer « { $text } »

diagnostic-not-yaml = ce fichier n'est pas du YAML : { $reason }
    .label = ici
diagnostic-unknown-key = la clé « { $key } » n'existe pas ici ; clés connues : { $known }
    .label = clé inconnue
diagnostic-duplicate-key = « { $key } » est déjà défini
    .label = défini une seconde fois
diagnostic-wrong-type = une valeur d'un autre type est attendue : { $expected }
    .label = attendu : { $expected }
diagnostic-missing-key = il manque la clé « { $key } »
    .label = à ajouter ici
diagnostic-unknown-verb = le verbe « { $verb } » n'existe pas
    .label = verbe inconnu
diagnostic-bad-value = « { $value } » n'est pas possible ici ; attendu : { $expected }
    .label = valeur impossible
diagnostic-too-large = le fichier dépasse une limite ({ $limit })
    .label = au-delà de la limite

diagnostic-unknown-field = le champ « { $field } » n'existe pas dans { $schema }
    .label = champ inconnu
diagnostic-unused-field = le champ « { $field } » de { $schema } n'est ni utilisé, ni dans « ignore », ni dans « drop »
    .label = schéma qui le contient
diagnostic-bad-path = le chemin « { $path } » est illisible à partir du caractère { $at }
    .label = chemin illisible
diagnostic-unknown-name = « { $name } » n'existe pas
    .label = nom inconnu

diagnostic-wrong-input = « { $verb } » attend : { $expected } ; il reçoit : { $found }
    .label = reçoit : { $found }
diagnostic-can-fail = « { $verb } » peut échouer ({ $code }) ; dites ce qui s'ensuit : on_error: error ou on_error: warning
    .label = peut échouer
diagnostic-bad-condition = condition illisible « { $condition } » : { $reason }
    .label = condition illisible
diagnostic-unreachable = cette branche n'est jamais atteinte : elle suit « else »
    .label = jamais atteint
diagnostic-bad-argument = « { $verb } » n'accepte pas « { $value } » ; attendu : { $expected }
    .label = argument impossible

diagnostic-unknown-target = le champ « { $field } » n'existe pas dans beneficiary/1, ou c'est le carrefour qui le remplit
    .label = champ inconnu
diagnostic-not-filled = le champ obligatoire « { $field } » n'est rempli par aucune règle
    .label = son groupe est rempli ici
diagnostic-filled-twice = « { $field } » est rempli deux fois
    .label = une seconde fois
diagnostic-one-against-many = « { $field } » : une liste veut un nom entre crochets ou [], un champ simple n'en veut pas
    .label = liste ou valeur simple
diagnostic-not-allowed = « { $value } » n'est pas un code de ce champ ; codes : { $expected }
    .label = code inconnu

diagnostic-unknown-table = la table « { $table } » n'existe pas
    .label = table inconnue
diagnostic-missing-row = le code « { $code } » du champ « { $field } » n'a pas de ligne dans la table
    .label = ligne manquante
diagnostic-unused-row = la ligne « { $code } » ne sert pas : « { $field } » n'a pas ce code
    .label = ligne inutile
diagnostic-unused-table = la table « { $table } » n'est utilisée nulle part
    .label = table inutile


diagnostic-failing-test = l'exemple « { $name } » échoue : { $differences }
    .label = exemple qui échoue
diagnostic-untested = aucun exemple ne touche « { $field } »
    .label = sans exemple
diagnostic-no-tests = cette correspondance n'a pas d'exemples (tests)
    .label = ajoutez des exemples

condition-character = « { $detail } » n'a pas de sens ici
condition-open-quote = le guillemet n'est pas fermé
condition-escape = l'échappement « \{ $detail } » n'existe pas
condition-unexpected = « { $detail } » n'est pas attendu ici
condition-function = la fonction « { $detail } » n'existe pas
condition-types = ces deux natures ne se comparent pas : { $detail }
condition-no-order = il n'y a pas d'ordre ici ({ $detail })
condition-not-a-test = ceci n'est ni vrai ni faux ({ $detail })
condition-pattern = expression régulière inutilisable : { $detail }
condition-too-deep = plus de { $detail } niveaux de parenthèses
