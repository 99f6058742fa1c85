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

demo-corrected = 3. Ce que fait une correction
demo-corrected-intro = Une personne du régime cherche la valeur dans les papiers et écrit ce qui est juste. Ici, la démonstration tient son rôle :
demo-corrected-none = Aucune fiche de ces données n’a été refusée pour une seule valeur que la démonstration saurait corriger.
demo-corrected-lasting = Cette base de données reste après le récit : rien n’y est corrigé. Sans --database, le récit montre une correction.
demo-corrected-record = Fiche { $number } de { $scheme }, champ « { $field } »
demo-corrected-bad = il y avait : « { $value } »
demo-corrected-good = il y a maintenant : « { $value } »
demo-corrected-linked = { $records ->
    [one] La fiche est acceptée, et rapprochée : c’est la seule fiche de la personne { $person }.
   *[other] La fiche est acceptée, et rapprochée : c’est l’une des { $records } fiches de la personne { $person }.
}
demo-corrected-waiting = La fiche est acceptée et attend d’être rapprochée.
demo-corrected-tomorrow = Le { $day }, le régime renvoie { $file } sans en changer une lettre :
demo-corrected-refusals = refus : { $before } la première fois, { $after } maintenant
demo-corrected-count = { $count ->
    [one] une fiche tient par sa correction, { $unchanged } inchangées
   *[other] { $count } fiches tiennent par leur correction, { $unchanged } inchangées
}
demo-corrected-until = La correction tient jusqu’à ce que le régime change lui-même cette valeur ; il peut demander la liste des corrections pour corriger ses propres données.

demo-people = 4. Qui se tient derrière les fiches
demo-people-count = { $records } fiches sont { $people } personnes ; { $reviews } paires douteuses attendent un œil humain.
demo-people-several = { $count } personnes sont connues de plusieurs régimes. En voici { $shown } (numéros masqués) :
demo-person-known = { $name }, { $born }
demo-person-record = { $scheme } : { $name }, n° { $number }
demo-born = né(e) en { $year }
demo-born-unknown = naissance inconnue

demo-double = 5. Deux couvertures qui s’excluent
demo-double-count = { $count ->
    [0] Personne n’est à la fois dans un régime d’assistance et dans une assurance du même pays.
    [one] Une personne est à la fois dans un régime d’assistance et dans une assurance du même pays :
   *[other] { $count } personnes sont à la fois dans un régime d’assistance et dans une assurance du même pays. Par exemple :
}
demo-double-person = { $name } : { $first } et { $second }

demo-questions = 6. « Cette personne est-elle couverte ? »
demo-question = { $asker } demande, pour { $purpose }, le { $day } : n° { $number } de { $scheme }
demo-question-none = Ces données n’offrent pas d’exemple pour : { $reason }

demo-formats = 7. Une personne dans deux autres formats
demo-formats-person = La fiche { $number } de { $scheme }, traduite en { $format } :
demo-formats-none = Aucune fiche de ces données ne peut être traduite en { $format }.

demo-next = 8. Où regarder ensuite
demo-next-validate = vérifier un fichier sans rien envoyer
demo-next-ask = poser une question
demo-next-export = savoir quelle fiche est quelle personne
demo-next-mapping = lire comment un régime est décrit, sans une ligne de code
demo-next-ui = la page où l’on travaille ; le lien du premier compte suit
demo-next-page = l’interface du carrefour, décrite par elle-même
