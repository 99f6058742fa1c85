### Ce qui ne va pas dans les fichiers qui décrivent les régimes et les conventions.

document-yaml = ceci n’est pas du YAML : { $said }
document-missing = il manque « { $field } »
document-unknown = ce champ n’existe pas ici : { $fields }
document-type = il faut ici { $type ->
        [string] un texte
        [number] un nombre
        [integer] un nombre entier
        [boolean] true ou false
        [array] une liste
        [object] un groupe de champs
       *[other] une valeur de type { $type }
    }
document-options = « { $value } » n’est pas une de ces valeurs : { $options }
document-pattern = « { $value } » n’a pas la forme « { $pattern } »
document-format = « { $value } » n’est pas { $format ->
        [date] une date comme AAAA-MM-JJ
        [uri] une adresse comme https://…
        [email] une adresse de courriel
        [regex] une expression régulière
       *[other] de la forme { $format }
    }
document-minimum = il faut ici au moins { $limit }
document-maximum = il faut ici au plus { $limit }
document-empty = il faut ici au moins une valeur
document-other = { $said }

registry-no-scheme = il n’y a pas de régime « { $scheme } »
registry-excludes-itself = un régime ne s’exclut pas lui-même
registry-inverted = la fin vient avant le début
registry-scheme-twice = un autre fichier décrit aussi le régime « { $scheme } »
registry-form = ceci n’est pas une expression régulière : { $said }
registry-example = « { $example } » n’a pas cette forme
registry-needs-package = un régime qui couvre a besoin d’une garantie
registry-grants-none = une liste de membres n’accorde pas de garantie
registry-terms-overlap = les conditions se suivent : celles-ci commencent avant la fin des précédentes
registry-percentage = { $value } n’est pas un pourcentage de 0 à 100 avec deux décimales au plus
registry-test-package = pas de garantie « { $package } » le { $day }
registry-test-rate = { $expected } % devaient rester à charge pour { $care ->
        [hospital] les soins avec séjour
       *[other] les soins sans séjour
    }, et non { $found } %
agreement-partner-twice = la convention « { $agreement } » dit déjà comment il échange
agreement-twice = un autre fichier décrit aussi la convention « { $agreement } »
agreement-test = « { $expected } » était attendu, le résultat est « { $found } »
