# La page : l’accueil, ce que les régimes ont envoyé, ce qui est refusé.

page-group-data = Données
page-section-records = Envois
page-section-refusals = Refus
page-section-reviews = Doublons
page-section-people = Personnes
page-section-ask = Droits
page-section-deliveries = Livraisons
page-section-keys = Clés
page-scheme = Régime
page-schemes = Régimes
page-all-schemes = Tous les régimes
page-day-column = Jour
page-record = Fiche
page-record-without-id = Fiche sans numéro lisible
page-records-count = { $count ->
        [one] { $count } fiche
       *[other] { $count } fiches
    }
page-line = ligne { $line }
page-cell-empty = (vide)

page-home-waits = Ce qui vous attend
page-home-refused = { $count ->
        [one] fiche refusée à corriger
       *[other] fiches refusées à corriger
    }
page-home-held = { $count ->
        [one] envoi retenu, à libérer ou à écarter
       *[other] envois retenus, à libérer ou à écarter
    }
page-home-reviews = { $count ->
        [one] doublon possible à juger
       *[other] doublons possibles à juger
    }
page-home-abandoned = { $count ->
        [one] livraison abandonnée
       *[other] livraisons abandonnées
    }
page-home-approve = { $count ->
        [one] fichier modifié, à approuver
       *[other] fichiers modifiés, à approuver
    }
page-home-alarms = Quelque chose ne peut pas être juste
page-home-flows = Ce qui circule
page-home-days = Fiches reçues, quatorze derniers jours
page-home-days-label = Diagramme des fiches reçues jour par jour ; les nombres sont dans le tableau qui suit
page-home-received = Reçues
page-home-of-them-refused = dont refusées
page-home-as-table = En tableau
page-home-nothing = Rien n’est arrivé ces quatorze jours.
page-home-nothing-do = Un régime envoie son fichier par le programme dankun, ou par HTTP avec sa clé.
page-home-kept = Ce qui est tenu
page-kept-people = Personnes
page-kept-records = Fiches
page-kept-waiting = En attente de rapprochement
page-home-counted = Compté le { $at }
page-home-counting = Le décompte est en cours : rouvrez la page dans un instant.
page-home-schemes = Les régimes
page-home-refused-waiting = Refus en attente
page-home-last = Dernier envoi
page-home-never = jamais
page-alarm-large_person = personnes faites de trop de fiches
page-alarm-two_sexes = personnes de deux sexes
page-alarm-held_by_one = personnes tenues par un seul lien faible
page-alarm-shared_phone = téléphones partagés par trop de fiches
page-alarm-number_of_several = numéros portés par plusieurs personnes
page-alarm-reused_numbers = numéros donnés une seconde fois
page-alarm-default_dates = dates de naissance par défaut
page-alarm-sent_twice = personnes envoyées deux fois
page-alarm-truncated = fiches aux candidats trop nombreux

page-batches = Envois
page-batches-about = Ce que les régimes ont envoyé, du plus récent au plus ancien.
page-batches-all = Tous les envois
page-batches-none = Aucun envoi.
page-batches-none-do = Un régime envoie son fichier par le programme dankun, ou par HTTP avec sa clé.
page-batch = Envoi
page-batch-state-receiving = en cours de réception
page-batch-state-held = retenu
page-batch-state-releasing = en cours de libération
page-batch-state-released = en vigueur
page-batch-state-discarded = écarté
page-batch-state-abandoned = interrompu
page-batch-snapshot = registre entier
page-batch-accepted = Acceptées
page-batch-new = Nouvelles
page-batch-changed = Changées
page-batch-unchanged = Inchangées
page-batch-refused = Refusées
page-batch-warnings = Avertissements
page-batch-corrected = Lues avec correction
page-batch-absent = Absentes du registre
page-batch-share = Part acceptée, en pour cent
page-batch-broke-off = Le fichier s’est interrompu : ce qui précède compte, le reste est à renvoyer.
page-batch-held-about = Rien de cet envoi ne compte avant qu’une personne l’ait libéré.
page-batch-release = Libérer
page-batch-discard = Écarter
page-batch-download = Télécharger les refus, dans le format du régime
page-batch-dropped = Laissé de côté à l’entrée
page-batch-dropped-about = Ni la loi ni l’usage n’en ont besoin : ces valeurs ne sont pas gardées.
page-hold-refused = Trop de fiches refusées
page-hold-absent = Trop de fiches absentes du registre

page-defects = Ce qui cloche
page-defects-none = Rien.
page-defects-none-about = Toutes les fiches de cet envoi ont été acceptées.
page-defect = Défaut
page-defect-done = Plus rien n’attend ici
page-defect-warning = avertissement
page-defect-there = On a lu
page-defect-expected = On attendait
page-defect-correct = Corriger toutes ces fiches d’un coup
page-defect-correct-about = Écrivez la bonne valeur en face de chaque valeur fausse ; ce que vous laissez vide reste en attente. La correction vaut aussi pour les prochains fichiers, jusqu’à ce que le régime change lui-même la valeur.
page-defect-sent = Valeur envoyée
page-defect-how-many = Combien
page-defect-write = À lire comme
page-defect-more = Les { $count } premières sont traitées à la fois ; la suite vient après.
page-defect-correct-do = Corriger et soumettre
page-defect-first = Les premières fiches
page-defect-accepted = { $count ->
        [0] Aucune fiche n’est devenue valable.
        [one] { $count } fiche est maintenant acceptée.
       *[other] { $count } fiches sont maintenant acceptées.
    }
page-defect-still = Celles-ci attendent encore :
page-defect-back = Retour à l’envoi

page-refusals = Fiches refusées
page-refusals-about = Ce qui attend une correction, dans l’ordre d’arrivée. Un même défaut de nombreuses fiches se corrige d’un coup depuis son envoi.
page-refusals-none = Rien n’attend.
page-refusals-none-about = Toutes les fiches reçues ont été acceptées, corrigées ou écartées.
page-refusals-why = Pourquoi
page-refusal = Fiche refusée
page-refusal-open = Ouvrir cette fiche
page-refusal-wrong = Ce qui cloche
page-refusal-sent = Ce qui a été envoyé
page-refusal-correct = Corriger
page-refusal-correct-do = Soumettre la correction
page-refusal-again = La fiche n’est pas encore valable : voici ce qui reste.
page-refusal-whole = Récrire la fiche entière
page-refusal-raw = La fiche dans le format du régime
page-refusal-too-long = Cette fiche est trop longue, ou contient des octets qui ne sont pas du texte : elle se corrige champ par champ, ou dans le fichier du régime.
page-refusal-dismiss = Écarter cette fiche
page-refusal-dismiss-about = Elle n’attend plus, et ne compte pas.
page-refusal-state-open = en attente
page-refusal-state-corrected = corrigée
page-refusal-state-dismissed = écartée
page-refusal-state-superseded = renvoyée par son régime
page-refusal-state-staged = en cours de réception

page-done-batch-released = L’envoi est libéré.
page-done-batch-discarded = L’envoi est écarté.
page-done-record-corrected = La fiche est corrigée et acceptée.
page-done-record-dismissed = La fiche est écartée.

page-send = Envoyer un fichier
page-send-about = Dans le format du régime, comme ses programmes l’enverraient. Rien n’est perdu : ce qui est refusé attend une correction.
page-send-what = Que contient ce fichier ?
page-send-delta = Ce qui a changé
page-send-snapshot = Le registre entier : ce qui n’y est plus sera clos, après vérification
page-send-dry = Seulement essayer : dire ce que ce fichier changerait, sans rien garder
page-send-file = Fichier
page-send-do = Envoyer
page-send-no-file = Choisissez un fichier.
page-send-tried = Essai terminé : rien n’a été gardé. Voici ce que l’envoi ferait.
page-running = Le travail continue ; vous pouvez quitter cette page et y revenir.
page-running-again = Actualiser
page-corrections = Corrections
page-corrections-about = Ce qui a été corrigé ici et que le régime envoie encore : à reporter dans ses propres données. Une correction vaut jusqu’à ce que le régime change lui-même la valeur.
page-corrections-none = Aucune correction.
page-corrections-none-about = Corrigez une fiche refusée : la correction figurera ici.
page-correction-active = En vigueur
page-correction-lapsed = Dépassées par le régime
page-correction-whole = fiche entière

# Un fichier examiné avant l’envoi.
page-look = Examiner un fichier
page-look-about = Ce que la plateforme dirait d’un fichier, et ce que deviennent ses fiches : sous sa propre forme, ou sous celle d’un autre régime. Rien n’est envoyé, rien n’est gardé.
page-look-first = L’examiner d’abord, sans l’envoyer
page-look-from = De qui est son format
page-look-to = Ce que ses fiches doivent devenir
page-look-canonical = La forme de la plateforme
page-look-file = Le fichier
page-look-file-hint = Au plus 4 Mo. Les renvois à des fiches absentes du fichier ne sont pas vérifiés.
page-look-do = Examiner
page-look-no-format = Choisissez de qui est le format du fichier.
page-look-found = Ce que dirait la plateforme
page-look-received = Fiches
page-look-taken = Seraient acceptées
page-look-refused = Seraient refusées
page-look-good = Rien n’est faux.
page-look-send = L’envoyer
page-look-refused-first = Fiches qui seraient refusées
page-look-becomes = Ce que deviennent les fiches
page-look-unsaid = L’autre format ne peut pas dire cette fiche :
page-look-some = Les premières, au plus { $count }.

# La liste des fiches
page-section-register = Fiches
page-register = Fiches
page-register-about = Ce que la plateforme tient, la dernière changée d’abord. Une personne se cherche par son nom sous « Personnes » : ici, les noms ne se cherchent pas.
page-register-number = Numéro
page-register-kind = Sorte de régime
page-register-kind-covers = qui assure
page-register-kind-lists = qui recense
page-register-state-live = en vigueur
page-register-state-absent = absente du registre
page-register-any = Toutes
page-register-since = Changée depuis le
page-register-until = Jusqu’au
page-register-find = Chercher
page-register-changed = Changée
page-register-of-batch = Telles qu’un envoi les a apportées
page-register-all = Toutes les fiches
page-register-none = Aucune fiche ne correspond.
page-register-none-do = Élargissez les dates, ou retirez un choix.
page-register-empty = Aucune fiche n’est tenue.
page-record-person = La personne
page-record-unlinked = pas encore rapprochée
page-record-unlinked-about = Cette fiche attend d’être rapprochée : la personne dont elle parle n’est pas encore connue.
page-record-revision = { $count ->
        [one] première version
       *[other] version { $count }
    }
page-batch-records = Les fiches de cet envoi
page-person-bonds = Ce qui tient ces fiches ensemble
page-person-bits = { $bits } bits
