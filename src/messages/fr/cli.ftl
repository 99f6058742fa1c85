### Ce que dit la ligne de commande.

cli-failure = dankun : { $reason }
cli-time-left = encore
cli-file-not-found = le fichier « { $path } » n’existe pas
cli-file-forbidden = le fichier « { $path } » n’est pas accessible : droits insuffisants
cli-file-failed = le fichier « { $path } » ne peut pas être lu ou écrit ({ $reason })
cli-library = { $count ->
    [one] un problème dans les fichiers de données :
   *[other] { $count } problèmes dans les fichiers de données :
}
cli-unknown-scheme = le régime ou format « { $scheme } » n’est pas connu. Connus : { $known }
cli-no-database = dites quel carrefour lire : --database sqlite:fichier.sqlite ou --database postgres://…
cli-records = { $count ->
    [one] { $count } fiche
   *[other] { $count } fiches
}

## Rapport d'un fichier

report-summary = { $file } – fiches lues : { $received } ; acceptées : { $accepted } ; refusées : { $refused } ; avertissements : { $warnings }
report-clean = Rien à corriger.
report-error = Fiches refusées
report-warning = Fiches acceptées, avec un champ laissé de côté
report-times = { $count ->
    [one] une fois
   *[other] { $count } fois
}
report-more = { $count ->
    [one] … et une autre
   *[other] … et { $count } autres
}
report-mend = à faire : { $mend }
report-rule = règle : { $rule }

## translate

translate-summary = Fiches lues : { $received } ; traduites : { $written } ; refusées : { $refused } ; avertissements : { $warnings }
translate-refused-shown = toutes les fiches refusées, une par ligne : --refused FICHIER
translate-no-base = --base va avec --to d’un format de régime, non avec canonical
translate-loss = { $count ->
    [one] un champ n’a pas de place dans le format d’arrivée :
   *[other] { $count } champs n’ont pas de place dans le format d’arrivée :
}
translate-missing = { $count ->
    [one] un champ que le format d’arrivée demande n’est pas connu :
   *[other] { $count } champs que le format d’arrivée demande ne sont pas connus :
}
translate-loss-field = { $field } ({ $count } fois)

## mapping roundtrip

roundtrip-classes = Ce que le retour rend de chaque champ
roundtrip-class-exact = tout
roundtrip-class-equal_up_to_form = tout, à la forme près (espaces, casse, ponctuation)
roundtrip-class-partial = certaines valeurs seulement
roundtrip-class-projection = rien sans le document d’origine
roundtrip-class-one_way = rien
roundtrip-measured = Aller et retour mesurés
roundtrip-summary = Fiches : { $records } ; disent la même chose au retour : { $same } ; écrites sur l’original : { $onto }. Documents rendus à la lettre sur l’original : { $letter } sur { $elements }.
roundtrip-field = { $field } : présent { $present } fois, identique { $identical }, autre forme { $forms }, rendu par l’original { $restored }, perdu { $lost } (ligne { $line })

## push

push-chunk = morceau { $chunk } sur { $chunks } : { $received } fiches
push-retry = la liaison est coupée ({ $reason }) ; nouvel essai dans { $seconds } s
push-refused-by-hub = le carrefour a répondu { $status } : { $reason }
push-gave-up = le carrefour n’a pas répondu après { $attempts } essais ({ $reason }). Relancez la même commande : ce qui est arrivé n’est pas doublé.
push-summary = { $file } – fiches reçues : { $received } ; nouvelles : { $new } ; changées : { $changed } ; inchangées : { $unchanged } ; plus anciennes que le connu : { $stale } ; refusées : { $refused }
push-held = l’envoi est retenu : un administrateur doit le libérer (lot { $batch })
push-report = Les refus, fiche par fiche : { $url }
push-no-reader = « { $file } » : ce format ne peut être découpé ; envoyez-le en entier avec --mode snapshot

## export

export-summary = { $file } : { $count } lignes
export-people-count = { $people } personnes

## ask

ask-batch-summary = Questions : { $count } ; couvertes : { $eligible } ; non couvertes : { $not } ; sans réponse : { $unknown } ; refusées : { $refused }
ask-bad-line = ligne { $line } : la question est illisible
ask-subject = dites de qui il s’agit : --identifier NUMÉRO (avec --type si ce n’est pas le régime), ou --family, --given et --birth-date
ask-answer = { $verdict } : { $reason }
ask-scheme = Régime : { $scheme }
ask-schemes = Couvert par : { $schemes }
ask-package = Garantie : { $package }
ask-rates = Pris en charge : { $ambulatory } % en ambulatoire, { $hospital } % à l’hôpital
ask-rights = Droits : du { $start } au { $end }
ask-rights-open = Droits : depuis le { $start }
ask-institution = Organisme qui répond : { $institution }
ask-refused = Question refusée : { $reason }
ask-refused-mend = { $mend }

verdict-eligible = couvert
verdict-not_eligible = non couvert
verdict-unknown = sans réponse
reason-in_force = les droits sont ouverts ce jour-là
reason-deceased = un décès est signalé avant ce jour
reason-not_yet_enrolled = l’inscription est postérieure à ce jour
reason-closed = le contrat est clos
reason-waiting_period = le délai de carence court encore
reason-expired = les droits ont pris fin
reason-suspended = les droits sont suspendus
reason-age_limit = l’enfant a passé l’âge limite
reason-no_coverage = la personne est connue, et aucun régime que vous pouvez interroger ne la couvre
reason-not_in_scheme = la personne est connue, mais pas dans ce régime
reason-not_found = personne ne correspond
reason-ambiguous = plusieurs personnes correspondent
reason-insufficient_identification = il faut un numéro, ou le nom complet et la date de naissance

## keys

keys-created = Clé créée : { $id }
keys-secret = Secret, montré cette seule fois : { $secret }
keys-none = Aucune clé.
keys-line = { $id } · { $owner } · { $title } · { $state }
keys-active = active
keys-revoked = révoquée le { $date }
keys-expired = expirée le { $date }
keys-now-revoked = Clé révoquée : { $id }
keys-unknown = la clé « { $id } » n’existe pas ou est déjà révoquée
keys-whose = dites à qui est la clé : --scheme, --partner ou --operator

accounts-link = Le compte { $name } attend son mot de passe. Lien, montré cette seule fois, à ouvrir à l’adresse du carrefour : { $path }
accounts-now-open = Compte rouvert : { $name }
accounts-now-closed = Compte fermé : { $name }
accounts-unknown = aucun compte du nom de « { $name } »
accounts-taken = le nom « { $name } » est déjà pris
accounts-of-scheme = le nom « { $name } » est celui d’un régime : le journal ne distinguerait plus qui a agi
accounts-unknown-scheme = ce régime n’est pas au registre (compte « { $name } »)
accounts-last = « { $name } » est le dernier compte qui administre tout le carrefour

## serve

serve-address = impossible d’écouter sur { $address } ({ $reason })
serve-listening = Le carrefour écoute sur { $address }
serve-operator-key = Clé d’exploitant, montrée cette seule fois : { $secret }
serve-first-account = Personne n’a encore de compte. Créez le premier, dans un navigateur : { $link }
serve-stopping = Arrêt demandé : les travaux en cours se terminent…
serve-stopped = Arrêté.

## mapping

mapping-fine = { $file } : aucun problème
mapping-problems = { $file } : { $count ->
    [one] un problème
   *[other] { $count } problèmes
}
mapping-tests = { $mapping } : { $passed } exemples réussis sur { $total }
mapping-test-untouched = aucun exemple ne remplit { $field }
mapping-test-rows = aucun exemple ne passe par ces lignes de la table de { $place } : { $rows }
mapping-sample = { $file } : { $share } % de { $records } fiches acceptées
mapping-sample-failed = ✗ { $file } : { $share } % de { $records } fiches acceptées, { $wanted } % sont attendus
explain-reads = Ce qu’elle lit
explain-writes = Ce qu’elle écrit
explain-refuses = Ce qu’elle peut refuser
explain-loses = Ce que le retour peut perdre
explain-severity-error = refuse la fiche
explain-severity-warning = laisse le champ de côté
explain-no-field = la correspondance ne remplit aucun champ « { $field } »{ $nearest ->
    [none] {""}
   *[other] {" "}; vouliez-vous dire « { $nearest } » ?
}
explain-branch = branche { $branch }
explain-row = ligne « { $row } »
report-others = { $count ->
    [0] aucune autre fiche n’a le même défaut
    [one] une autre fiche a le même défaut
   *[other] { $count } autres fiches ont le même défaut
}
codes-bad-name = le nom d’une table a des minuscules, des chiffres et des tirets ; « { $name } » n’en est pas un
codes-bad-delimiter = « { $delimiter } » ne peut séparer des colonnes
codes-unreadable = le fichier ne donne pas de table : { $detail }
codes-no-column = le fichier n’a pas de colonne « { $column } » ; il a : { $known }
codes-two-codes = « { $text } » a un code à la ligne { $first } et un autre à la ligne { $second } ; une table a une ligne par texte
codes-no-code = la ligne { $line } n’a pas de texte ou pas de code
codes-too-large = une table a au plus { $limit } octets, ce qui suffit aux { $rows } premières lignes du fichier ; divisez-la, ou ne gardez que les codes rencontrés
codes-empty = le fichier a un en-tête mais pas de lignes
codes-written = { $rows } lignes écrites dans { $path }
mapping-no-word = la langue des correspondances n’a pas de mot « { $word } »{ $nearest ->
    [none] {""}
   *[other] {" "}(le plus proche : « { $nearest } »)
} ; `dankun mapping reference` les montre tous
mapping-no-record = le fichier ne contient pas de fiche { $record }
mapping-published = { $count ->
    [0] Rien à publier : ces versions sont déjà en vigueur.
    [one] Une nouvelle version est en vigueur.
   *[other] { $count } nouvelles versions sont en vigueur.
}

## preview, replay

preview-title = { $mapping } { $version }, essayée en { $seconds } s sans rien changer :
preview-no-mapping = aucun des fichiers n’est une correspondance (première clé « mapping: »)
replay-dry-run = À blanc, rien n’a changé :
replay-done = L’historique est refait ({ $id }) :
replay-running = La reprise { $id } est en cours :
replay-cancelled = La reprise { $id } a été arrêtée ; ce qu’elle a refait demeure :
replay-examined = examinées
replay-unchanged = inchangées
replay-changed = changées
replay-newly-refused = nouvellement refusées : ce qui est en vigueur demeure, le refus attend en quarantaine
replay-newly-accepted = nouvellement acceptées : elles quittent la quarantaine
replay-renamed = auraient un autre identifiant : laissées telles quelles
replay-gone = ne seraient plus des fiches : laissées telles quelles
replay-refused-before = refusées, et quelque chose attend déjà à leur sujet
replay-overtaken = dépassées par des données plus récentes, ou déjà en vigueur
replay-no-record = ne sont pas des fiches : elles quittent la quarantaine
replay-still-refused = toujours refusées
replay-refused-otherwise = refusées pour d’autres raisons qu’avant
replay-other-warnings = Dont { $count } inchangées avec d’autres avertissements.
replay-made-by-older = Dont { $count } faites par une autre version que celle en vigueur : leurs différences peuvent venir de modifications antérieures.
replay-change-refused = Nouvellement refusées, par défaut
replay-change-renamed = Autre identifiant
replay-change-gone = Ne seraient plus des fiches
replay-change-accepted = Nouvellement acceptées, par défaut d’avant
replay-change-refused_otherwise = Refusées pour d’autres raisons
replay-change-added = Champs ajoutés
replay-change-removed = Champs disparus
replay-change-changed = Champs changés
replay-change-warned = Nouveaux avertissements
replay-change-unwarned = Avertissements levés

## doctor

doctor-good = bon
doctor-bad = à corriger
doctor-database = Base de données : { $url }, joignable en { $took } ms
doctor-database-failed = Base de données : injoignable ({ $reason })
doctor-library = Fichiers de données : { $mappings } correspondances, { $schemes } régimes, { $agreements } accords, empreinte { $hash }
doctor-library-failed = Fichiers de données : { $count } problèmes, le premier : { $reason }
doctor-published = Fichiers publiés : les mêmes que ceux de ce programme
doctor-published-differ = Fichiers publiés : { $count } diffèrent de ceux de ce programme ; ce sont les publiés qui comptent
doctor-key-file = Fichier de clés : { $path }, lisible de vous seul
doctor-key-file-open = Fichier de clés : { $path } est lisible par d’autres ; faites « chmod 600 { $path } »
doctor-key-file-missing = Fichier de clés : { $path } n’existe pas encore ; il sera créé au premier démarrage
doctor-key-backup = Sauvegardez le fichier de clés à part de la base : sans lui, les données sont illisibles.
doctor-disk = Disque : { $free } Go libres sous { $path }
doctor-disk-low = Disque : { $free } Go libres sous { $path }, c’est trop peu
doctor-clock = Horloge : { $now }
doctor-clock-wrong = Horloge : { $now } est avant la dernière écriture ({ $last }) ; réglez l’heure du système
doctor-counts = Contenu : { $records } fiches, { $people } personnes, { $waiting } fiches en attente de rapprochement, { $quarantine } refusées en attente de correction

lsp-too-long = ce document est trop long pour être lu ; une correspondance tient en un million d’octets
lsp-unknown-kind = la première clé doit dire ce que contient ce fichier : mapping, codes, scheme, agreement ou identity

## answer

answer-verified = Réponse authentique { $id }, donnée le { $given }, valable jusqu’au { $until }
answer-day = Jour demandé : { $day }
answer-no-list = Sans liste des réponses annulées (--cancelled), une annulation ne se voit pas.
answer-not-verified = Ne vous fiez pas à cette réponse : { $reason }
answer-no-keys = « { $path } » n’est pas un jeu de clés du carrefour : enregistrez /.well-known/jwks.json
answer-number = écrivez le numéro avec son type, par exemple --number NINA=12859000100001Q
answer-card-too-long = ce texte est trop long pour un code QR : prenez la carte (« card ») de la réponse
answer-rotated = Les réponses sont signées à partir de maintenant par la clé { $id }
answer-revoked = Clé retirée : { $id }. Rien de ce qu’elle a signé n’est plus valable.
answer-no-key = la clé « { $id } » n’existe pas ou est déjà retirée
answer-now-cancelled = Réponse annulée : { $id }
answer-no-answer = la réponse « { $id } » n’existe pas ou est déjà annulée
proof-not_signed = ce n’est pas une réponse signée du carrefour ; collez-la en entier, sans espace
proof-unknown_key = elle est signée par une clé inconnue ; enregistrez à nouveau /.well-known/jwks.json, et si la clé n’y est pas, la réponse est fausse
proof-changed = la signature ne correspond pas au texte : il a été changé ou mal lu ; demandez l’original
proof-no_answer = elle est signée, mais ce n’est pas une réponse
proof-other_audience = elle a été donnée à un autre organisme ; posez la question vous-même
proof-other_person = elle ne concerne pas cette personne, ou la question la nommait autrement
proof-expired = sa durée est passée ; posez la question à nouveau, ou dites avec --at à quel moment vous vous y êtes fié
proof-not_yet = elle vient du futur : vérifiez l’heure de cette machine
proof-cancelled = le carrefour l’a annulée ; posez la question à nouveau
proof-bad_list = la liste des réponses annulées est illisible ou n’est pas signée par le carrefour ; enregistrez-la à nouveau

sign-in-file = { $path } : { $problem }
sign-in-unreadable = illisible : { $reason }
sign-in-origin = `origin` vaut `{ $value }` : écrivez comment les navigateurs appellent la plateforme, en https, comme https://hub.example.org
sign-in-name = `{ $value }` n’est pas un nom de fournisseur : il figure dans les adresses, donc minuscules, chiffres et traits d’union, au plus 40
sign-in-issuer = l’émetteur de `{ $provider }` est `{ $value }` : écrivez son adresse comme il se nomme, en https
sign-in-secret = `{ $provider }` a deux places pour son secret : gardez `client_secret_file` ou `client_secret_env`
sign-in-no-secret = le secret de `{ $provider }` n’est pas là ({ $value }) : écrivez-l’y, ou nommez une autre place
sign-in-linked = compte { $at } de `{ $provider }` : nommez soit un `subject`, soit un `email`
sign-in-account = compte { $at } de `{ $provider }` : aucun compte ne peut s’appeler `{ $value }`
sign-in-twice = compte { $at } de `{ $provider }` : ce sujet ou cette adresse y figure déjà
