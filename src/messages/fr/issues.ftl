### Ce qui peut manquer ou clocher dans un fichier reçu. Pour chaque code : ce qui ne va pas,
### le titre court (.title), et comment y remédier (.mend), dit à l'informaticien d'un régime.
### $given vaut yes quand la valeur reçue est connue ; $value est cette valeur, telle quelle.

## F : les octets du fichier

issue-empty_file = le fichier ne contient rien
    .title = Fichier vide
    .mend = Relancez l’export : il s’est sans doute arrêté avant d’écrire. Vérifiez la taille du fichier avant l’envoi.
issue-wrong_format = le contenu n’est pas du format annoncé
    .title = Mauvais format
    .mend = Vérifiez que vous envoyez le bon fichier au bon régime, dans le format de sa correspondance (CSV, XML, JSON…), et non un classeur, un PDF ou une page d’erreur.
issue-truncated_file = le fichier s’arrête au milieu de sa structure
    .title = Fichier tronqué
    .mend = Relancez l’export ou le transfert et envoyez le fichier entier. Les fiches déjà lues sont gardées : le renvoi ne les double pas.
issue-truncated_line = la ligne s’arrête au milieu de la fiche
    .title = Ligne tronquée
    .mend = Exportez de nouveau cette fiche : chaque ligne doit contenir un objet JSON complet.
issue-broken_encoding = { $given ->
    [yes] « { $value } » contient des octets interdits dans l’encodage du fichier
   *[no] des octets sont interdits dans l’encodage du fichier
}
    .title = Encodage illisible
    .mend = Enregistrez tout le fichier dans un seul encodage, de préférence UTF-8. Une ligne collée depuis un autre logiciel est la cause habituelle.
issue-column_count = { $given ->
    [yes] la ligne a { $value } colonnes, ce n’est pas le nombre de l’en-tête
   *[no] la ligne n’a pas le même nombre de colonnes que l’en-tête
}
    .title = Nombre de colonnes
    .mend = Cherchez dans la ligne un séparateur en trop ou manquant. Une valeur qui contient le séparateur se met entre guillemets.
issue-missing_header = { $given ->
    [yes] l’en-tête n’a pas la colonne attendue : { $value }
   *[no] la ligne d’en-tête est absente ou incomplète
}
    .title = En-tête absent
    .mend = Exportez avec la ligne d’en-tête, sans renommer ni retirer de colonne. Si votre modèle a changé, faites publier une nouvelle version de la correspondance.
issue-record_too_long = la fiche dépasse la longueur permise
    .title = Fiche trop longue
    .mend = Cherchez un retour à la ligne manquant ou un guillemet non fermé avant cette fiche : plusieurs fiches sont sans doute collées en une seule.
issue-too_deep = les éléments sont imbriqués trop profondément
    .title = Imbrication excessive
    .mend = Vérifiez le programme d’export : une fiche correcte n’a que quelques niveaux.
issue-too_many_fields = la fiche a plus de champs que permis
    .title = Trop de champs
    .mend = Vérifiez le programme d’export : une fiche doit décrire une seule personne, ou une seule famille.
issue-forbidden_entity = le XML déclare un type de document ou des entités, ce qui est interdit
    .title = Entité interdite
    .mend = Retirez la déclaration <!DOCTYPE …> du fichier. Elle permet des attaques et aucun export n’en a besoin.
issue-bad_syntax = { $given ->
    [yes] la fiche ne suit pas la grammaire de son format près de « { $value } »
   *[no] la fiche ne suit pas la grammaire de son format
}
    .title = Syntaxe incorrecte
    .mend = Ouvrez le fichier à cette ligne et corrigez guillemets, virgules ou balises ; ou exportez de nouveau la fiche.
issue-bad_compression = le fichier compressé ne peut pas être décompressé jusqu’au bout
    .title = Compression endommagée
    .mend = Compressez de nouveau le fichier (gzip ou zstd) et renvoyez-le ; le transfert a pu être coupé.
issue-file_too_large = le fichier, une fois décompressé, dépasse la taille permise
    .title = Fichier trop grand
    .mend = Envoyez-le en plusieurs parties, ou avec « dankun push », qui le découpe entre deux fiches.
issue-unclosed_quote = un guillemet ouvert n’est jamais refermé
    .title = Guillemet non fermé
    .mend = Fermez le guillemet de cette cellule, ou doublez-le ("") s’il fait partie de la valeur.
issue-nul_character = le texte contient un caractère NUL
    .title = Caractère NUL
    .mend = Exportez en texte, UTF-8 de préférence. Un caractère NUL trahit un fichier binaire, ou de l’UTF-16 mal annoncé.
issue-not_a_bundle = le document FHIR n’est pas un Bundle
    .title = Pas un Bundle
    .mend = Envoyez un Bundle (resourceType "Bundle") qui contient les ressources Patient et Coverage.
issue-duplicate_key = { $given ->
    [yes] la clé « { $value } » figure deux fois dans le même objet
   *[no] la même clé figure deux fois dans le même objet
}
    .title = Clé en double
    .mend = Gardez une seule des deux valeurs : nous ne pouvons pas deviner laquelle est la bonne.

## S : le schéma de l'expéditeur

issue-missing_mandatory = la valeur obligatoire est vide ou absente
    .title = Valeur obligatoire absente
    .mend = Complétez ce champ dans votre système, puis renvoyez la fiche.
issue-wrong_type = { $given ->
    [yes] « { $value } » n’est pas du type prévu
   *[no] la valeur n’est pas du type prévu
}
    .title = Mauvais type
    .mend = Corrigez la valeur, ou le programme d’export s’il écrit un texte là où un nombre est attendu, ou l’inverse.
issue-unknown_code = { $given ->
    [yes] le code « { $value } » n’est pas dans la liste
   *[no] le code n’est pas dans la liste
}
    .title = Code inconnu
    .mend = Remplacez-le par un code de la liste. Si ce code est nouveau chez vous, faites-le ajouter à la table de correspondance.
issue-bad_format = { $given ->
    [yes] « { $value } » n’a pas la forme attendue
   *[no] la valeur n’a pas la forme attendue
}
    .title = Mauvaise forme
    .mend = Comparez avec la forme attendue : un chiffre, un tiret ou un préfixe manque sans doute.
issue-out_of_range = { $given ->
    [yes] « { $value } » est hors des limites
   *[no] la valeur est hors des limites
}
    .title = Hors limites
    .mend = Vérifiez la valeur à sa source : elle est trop petite, trop grande, trop courte ou trop longue.
issue-unknown_field = ce champ n’est pas prévu par le schéma
    .title = Champ imprévu
    .mend = Vérifiez l’orthographe du nom de champ. S’il est nouveau, faites-le ajouter au schéma de votre régime.
issue-schema_violation = { $given ->
    [yes] « { $value } » ne respecte pas le schéma du régime
   *[no] la fiche ne respecte pas le schéma du régime
}
    .title = Contraire au schéma
    .mend = Comparez la fiche avec le schéma publié de votre régime, puis corrigez-la.

## D : le sens d'une valeur

issue-bad_date = { $given ->
    [yes] « { $value } » n’est pas une date possible
   *[no] la date est impossible ou illisible
}
    .title = Date impossible
    .mend = Corrigez la date d’après la pièce d’état civil. Si seule l’année est connue, indiquez-le comme votre format le prévoit, sans inventer le jour.
issue-future_date = { $given ->
    [yes] la date « { $value } » est dans l’avenir
   *[no] la date est dans l’avenir
}
    .title = Date future
    .mend = Corrigez l’année : une naissance ou un fait passé ne peut pas suivre la date de l’export.
issue-bad_check_digit = { $given ->
    [yes] la clé de contrôle de « { $value } » est fausse
   *[no] la clé de contrôle du numéro est fausse
}
    .title = Clé de contrôle fausse
    .mend = Relisez le numéro sur la carte : un chiffre est faux, ou deux sont inversés.
issue-bad_phone = { $given ->
    [yes] « { $value } » ne peut pas être un numéro de téléphone
   *[no] le numéro de téléphone est impossible
}
    .title = Téléphone impossible
    .mend = Donnez le numéro entier tel qu’on le compose dans le pays ; un numéro d’un autre pays demande + et l’indicatif de ce pays devant.
issue-period_inverted = { $given ->
    [yes] la période finit avant de commencer : { $value }
   *[no] la période finit avant de commencer
}
    .title = Période inversée
    .mend = Vérifiez l’ouverture et la fin des droits : les deux dates sont sans doute échangées, ou une année est fausse.
issue-bad_number = { $given ->
    [yes] « { $value } » n’est pas un nombre lisible
   *[no] le nombre est illisible
}
    .title = Nombre illisible
    .mend = Écrivez le nombre en chiffres, sans unité ni texte.
issue-foreigner_in_ram = { $given ->
    [yes] le régime d’assistance médicale (RAM) est donné à une personne de nationalité « { $value } »
   *[no] le régime d’assistance médicale (RAM) est donné à une personne qui n’est pas ivoirienne
}
    .title = RAM pour un étranger
    .mend = Corrigez la nationalité, ou inscrivez la personne au régime général de base (RGB) : le RAM est réservé aux Ivoiriens.
issue-check_failed = { $given ->
    [yes] « { $value } » ne respecte pas une règle de la correspondance
   *[no] une règle de la correspondance n’est pas respectée
}
    .title = Règle non respectée
    .mend = Lisez la règle indiquée, puis corrigez la valeur ; si la règle est fausse, signalez-le à l’administrateur du carrefour.
issue-bad_value = { $given ->
    [yes] « { $value } » ne peut pas être traduit
   *[no] la valeur ne peut pas être traduite
}
    .title = Valeur intraduisible
    .mend = Comparez avec la forme attendue et corrigez la valeur à sa source.
issue-invalid_target = { $given ->
    [yes] la fiche traduite n’est pas un document valide du format d’arrivée à « { $value } » : ce qui y est demandé manque ou a une autre forme
   *[no] la fiche traduite n’est pas un document valide du format d’arrivée
}
    .title = Traduction invalide
    .mend = Ce n’est pas une faute de votre fichier : signalez-la à l’administrateur du carrefour, avec la règle indiquée.

## R : les renvois entre fiches

issue-orphan_dependent = { $given ->
    [yes] l’assuré principal « { $value } » n’existe ni dans le fichier ni au carrefour
   *[no] l’assuré principal n’existe ni dans le fichier ni au carrefour
}
    .title = Ayant droit sans assuré
    .mend = Envoyez aussi la fiche de l’assuré principal, ou corrigez son numéro.
issue-dangling_reference = { $given ->
    [yes] le renvoi « { $value } » ne mène à aucune fiche
   *[no] le renvoi ne mène à aucune fiche
}
    .title = Renvoi sans cible
    .mend = Envoyez aussi la fiche citée, ou corrigez le renvoi.
issue-duplicate_record_id = ce numéro de fiche figure déjà plus haut dans le fichier
    .title = Fiche en double
    .mend = Gardez une seule fiche par numéro. Si ce sont deux personnes, donnez à chacune son propre numéro.
issue-unknown_record = { $given ->
    [yes] l’événement porte sur « { $value } », une fiche que personne n’a envoyée
   *[no] l’événement porte sur une fiche que personne n’a envoyée
}
    .title = Fiche inconnue
    .mend = Envoyez d’abord la fiche, ou corrigez son numéro dans l’événement.
issue-older_than_known = l’envoi est plus ancien que ce que nous savons déjà de cette fiche
    .title = Plus ancien que le connu
    .mend = Il n’y a rien à corriger : la version plus récente est gardée. Envoyez les fichiers du plus ancien au plus récent.
issue-scattered_rows = des lignes de cette fiche figurent déjà plus haut dans le fichier, séparées par d’autres fiches
    .title = Lignes dispersées
    .mend = Triez le fichier par numéro de fiche, pour que les lignes d’une même fiche se suivent.

## P : les droits et les accords et les accords

issue-unknown_partner = { $given ->
    [yes] « { $value } » n’est pas un partenaire connu
   *[no] le demandeur n’est pas un partenaire connu
}
    .title = Partenaire inconnu
    .mend = Demandez à l’administrateur du carrefour d’enregistrer votre organisme et son accord.
issue-purpose_not_allowed = { $given ->
    [yes] aucun accord en vigueur ne permet le motif « { $value } »
   *[no] aucun accord en vigueur ne permet ce motif
}
    .title = Motif non permis
    .mend = Posez la question pour un motif de l’accord, ou faites compléter l’accord.
issue-no_agreement = aucun accord en vigueur ne lie ce demandeur au régime de cet assuré
    .title = Pas d’accord
    .mend = Faites enregistrer un accord entre les deux organismes, avec sa base légale et ses dates.
issue-not_permitted = l’expéditeur n’a pas le droit d’écrire ici
    .title = Non permis
    .mend = Envoyez avec la clé du régime concerné, ou demandez ce droit à l’administrateur du carrefour.
issue-held = l’envoi est reçu mais retenu jusqu’à ce qu’une personne le libère
    .title = Envoi retenu
    .mend = Trop de fiches sont refusées ou closes d’un coup. Vérifiez le fichier ; s’il est juste, demandez à l’administrateur de le libérer.
issue-repeated_message = un message portant cet identifiant a déjà été reçu
    .title = Message répété
    .mend = Donnez à chaque message son propre identifiant. Pour savoir ce que le premier est devenu, demandez l’état de sa transaction.
issue-bad_signature = la signature n’est pas celle de ce message par une clé enregistrée pour l’expéditeur
    .title = Signature fausse
    .mend = Signez l’en-tête et le message avec la clé enregistrée et nommez-la par son identifiant ; faites inscrire une nouvelle clé dans l’accord avant de l’utiliser.

## Où : ce qui situe une fiche

place-line = ligne { $line }
place-column = position { $column }
place-record = bénéficiaire { $record }
place-path = élément { $path }
place-field = champ { $field }
place-row = la ligne entière
place-bytes = octets de la ligne
place-file = fichier entier
place-detail = { $place } : { $detail }
severity-error = refusée
severity-warning = acceptée, champ laissé de côté

## Ce qui était attendu

expected = attendu : { $expected }
expected-form = { $form }
expected-pattern = la forme { $form }
expected-one-of = l’un de { $codes }
expected-one-of-more = l’un de { $codes }… ({ $count } codes en tout)
expected-type = { $type }
expected-columns = { $count ->
    [one] { $count } colonne
   *[other] { $count } colonnes
}
expected-between = de { $min } à { $max }
expected-at-least = au moins { $min }
expected-at-most = au plus { $max }
expected-limit = au plus { $count }
expected-check = un numéro dont la clé { $check } est juste
expected-condition = { $condition }
expected-rule = que cette règle soit respectée : { $condition }
expected-until = le { $date } au plus tard
expected-digits = { $count ->
    [one] { $count } chiffre
   *[other] { $count } chiffres
}

type-string = un texte
type-number = un nombre
type-integer = un nombre entier
type-boolean = vrai ou faux
type-object = un objet
type-array = une liste
type-null = rien

condition-not-future = une date qui n’est pas dans l’avenir
