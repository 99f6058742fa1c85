# Ce que dit `dankun link`.

link-stage-retrieval = recherche des candidats
link-stage-training = apprentissage des paires
link-stage-comparison = comparaison
link-stage-clustering = regroupement
link-inferred = aucun modèle donné : { $fields ->
    [one] un champ déduit des colonnes
   *[other] { $fields } champs déduits des colonnes
} (à voir avec --infer)
link-empty = le fichier « { $path } » ne contient aucun enregistrement
link-no-header = la première ligne de « { $path } » doit nommer les colonnes, mais « { $value } » ressemble à une valeur : mettez une ligne de noms au-dessus des enregistrements
link-broken = le fichier « { $path } » n’est pas lisible comme CSV à la ligne { $line } : { $detail }
link-no-fields = aucune colonne ne dit ce qu’elle contient ; écrivez un modèle, en partant de --infer
link-bad-truth = le fichier « { $path } » doit avoir les colonnes record_id et entity_id
link-done = { $records ->
    [one] un enregistrement
   *[other] { $records } enregistrements
}, { $clusters ->
    [one] une personne
   *[other] { $clusters } personnes
} (au plus { $largest } enregistrements chacune) ; { $pairs } paires comparées
link-estimate = estimé d’après les poids : { $precision } % des paires réunies sont justes, { $recall } % des paires justes parmi les candidates sont réunies
link-measured = mesuré sur { $records } enregistrements : précision { $precision } %, rappel { $recall } %, F1 { $f } % ; F1 B-cubed { $b } %
link-ragged = { $count ->
    [one] une ligne a
   *[other] { $count } lignes ont
} plus ou moins de cellules que l’en-tête, la première dans { $file } à la ligne { $line } ; les cellules absentes sont lues comme vides
link-repeated = { $count ->
    [one] un enregistrement a
   *[other] { $count } enregistrements ont
} un identifiant déjà vu dans la même source, le premier dans { $file } à la ligne { $line } ; chacun reste un enregistrement à part
link-foreign = { $count ->
    [one] une cellule n’est
   *[other] { $count } cellules ne sont
} pas en UTF-8 : lecture en Windows-1252
link-unreadable = champ « { $field } » : { $count ->
    [one] une valeur illisible compte
   *[other] { $count } valeurs illisibles comptent
} comme absente{ $count ->
    [one] {""}
   *[other] s
}
link-overfull = { $count ->
    [one] une combinaison de trois valeurs est partagée
   *[other] { $count } combinaisons de trois valeurs sont partagées
} par trop d’enregistrements pour tous les comparer ; les paires qui n’ont rien de plus rare en commun n’ont pas été comparées
link-reason-name = d’après le nom de la colonne
link-reason-values = d’après les valeurs
link-reason-unique = d’après le nom ; chaque enregistrement a le sien
link-reason-constant = laissé de côté : tous les enregistrements disent la même chose
link-reason-empty = laissé de côté : presque aucune valeur
link-reason-repeated = laissé de côté : une autre colonne dit la même chose, et mieux
link-reason-unclear = laissé de côté : rien ne dit ce qu’elle contient
link-reason-no-room = laissé de côté : un modèle a 16 champs au plus
link-page-title = Rapprochement : { $name }
link-page-personal = Cette page montre des valeurs de personnes dans ses exemples. Elle a été écrite à votre demande ; gardez-la avec le même soin que les fichiers.
link-page-summary = { $records } enregistrements, { $clusters } personnes, au plus { $largest } enregistrements chacune ; { $pairs } paires comparées.
link-page-estimate = Estimé d’après les poids, paire par paire : { $precision } % des paires réunies sont justes ; { $recall } % des paires justes parmi les candidates sont réunies. Ce qui n’a pas été candidat n’y figure pas.
link-page-measured = Mesuré d’après la vérité : précision { $precision } %, rappel { $recall } %, F1 { $f } % ; F1 B-cubed { $b } %.
link-page-weights = Poids
link-page-weights-about = La fréquence de chaque niveau d’accord parmi les paires d’une même personne et parmi les autres candidates, et ce qu’il pèse : chaque bit double la cote, dix bits rendent donc mille fois plus vraisemblable qu’il s’agit d’une seule personne, et un poids négatif parle contre. Une valeur rare pèse plus, une valeur courante moins, que ce qui figure ici.
link-page-distribution = Répartition des poids
link-page-distribution-about = Les paires selon leur poids en bits ; les hauteurs sont des logarithmes, pour que les rares paires douteuses se voient à côté des nombreuses paires claires. Le vert est au-dessus du seuil. Les paires sous -6 bits ne sont pas gardées.
link-page-threshold = Choix d’un seuil
link-page-threshold-about = Plus deux enregistrements doivent peser pour être réunis, moins il y a de réunions fausses, et plus il en manque. Déplacez le seuil pour voir ce que les poids disent d’eux-mêmes, puis relancez avec --threshold. À 0 bit, une paire est aussi vraisemblablement une personne que deux.
link-page-calibration = Étalonnage
link-page-calibration-about = Parmi les paires qui ont reçu une probabilité, combien sont une même personne selon la vérité. Là où les deux parts se ressemblent, on peut croire les probabilités.
link-page-examples = Exemples
link-page-examples-about = Des paires, des claires aux douteuses : ce que disent les enregistrements, comment chaque champ s’accorde, et comment le poids croît de champ en champ. Il commence par ce que pèse une candidate dont on ne sait encore rien.
link-page-prior = une candidate
link-page-field = Champ
link-page-level = Degré
link-page-same = Même personne, %
link-page-other = Autres, %
link-page-bits = Bits
link-page-band = Probabilité
link-page-pairs = Paires
link-page-expected = Attendu, %
link-page-found = Trouvé, %
link-page-precision = Précision (estimée)
link-page-recall = Rappel (estimé)
link-page-first = Premier enregistrement
link-page-second = Second enregistrement
link-page-number = { $number }
link-page-sizes = Enregistrements par personne
link-page-records = Enregistrements
link-page-people = Personnes
link-page-joined = Paires au-dessus
link-page-sum = Somme
link-page-bin = { $bits } bits : { $count ->
    [one] une paire
   *[other] { $count } paires
}
link-page-pair = { $first } et { $second } : { $bits } bits, { $probability } %
link-page-level-missing = absent
link-page-level-equal = égal
link-page-level-near = une faute, ou le même son
link-page-level-similar = semblable
link-page-level-partial = en partie
link-page-level-swapped = nom et prénom échangés
link-page-level-initial = la même initiale
link-page-level-different = différent
link-page-level-equal-vague = égal, jour inconnu
link-page-level-slip = une faute, ou jour et mois échangés
link-page-level-two-parts = deux de : année, mois, jour
link-page-level-year-vague = la même année, un jour inconnu
link-page-level-year = la même année
link-page-level-near-vague = années proches, un jour inconnu
link-page-level-one-apart = à un an près
link-page-level-few-apart = à deux ou trois ans près
