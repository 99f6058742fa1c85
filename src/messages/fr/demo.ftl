### Le récit de la démonstration.

demo-opening = dankun, le carrefour : { $schemes } régimes, { $records } fiches, un seul récit.
demo-invented = Toutes les données sont inventées : aucun nom, numéro ou lieu ne désigne une personne réelle.

demo-arrived = 1. Ce qui est arrivé
demo-head-scheme = régime
demo-head-received = reçues
demo-head-accepted = acceptées
demo-head-refused = refusées
demo-head-warnings = avertis.
demo-events = événements (décès, déménagements, suspensions…)
demo-held = { $scheme } : le fichier est retenu, trop de fiches y sont refusées ; une personne doit le libérer
demo-empty = { $file } : fichier vide, rien à lire
demo-missing = { $scheme } : aucun fichier dans ce dossier
demo-day = Données du { $day }, lues, traduites, enregistrées et rapprochées en { $seconds } s.

demo-refused = 2. Ce qui a été refusé, et pourquoi
demo-refused-intro = Chaque refus dit où, quoi, et comment y remédier. Les autres fiches du fichier ne sont pas perdues. Par exemple :
demo-refused-none = Rien n’a été refusé.

demo-people = 3. Qui se tient derrière les fiches
demo-people-count = { $records } fiches sont { $people } personnes ; { $reviews } paires douteuses attendent un œil humain.
demo-people-several = { $count } personnes sont connues de plusieurs régimes. En voici { $shown } (numéros masqués) :
demo-person-known = { $name }, { $born }
demo-person-record = { $scheme } : { $name }, n° { $number }
demo-born = né(e) en { $year }
demo-born-unknown = naissance inconnue

demo-double = 4. Deux couvertures qui s’excluent
demo-double-count = { $count ->
    [0] Personne n’est à la fois dans un régime d’assistance et dans une assurance du même pays.
    [one] Une personne est à la fois dans un régime d’assistance et dans une assurance du même pays :
   *[other] { $count } personnes sont à la fois dans un régime d’assistance et dans une assurance du même pays. Par exemple :
}
demo-double-person = { $name } : { $first } et { $second }

demo-questions = 5. « Cette personne est-elle couverte ? »
demo-question = { $asker } demande, pour { $purpose }, le { $day } : n° { $number } de { $scheme }
demo-question-none = Ces données n’offrent pas d’exemple pour : { $reason }

demo-formats = 6. Une personne dans deux autres formats
demo-formats-person = La fiche { $number } de { $scheme }, traduite en { $format } :
demo-formats-none = Aucune fiche de ces données ne peut être traduite en { $format }.

demo-next = 7. Où regarder ensuite
demo-next-validate = vérifier un fichier sans rien envoyer
demo-next-ask = poser une question
demo-next-export = savoir quelle fiche est quelle personne
demo-next-mapping = lire comment un régime est décrit, sans une ligne de code
demo-next-page = l’interface du carrefour, décrite par elle-même
