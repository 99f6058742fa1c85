# La page : les questions aux gestionnaires, les personnes, leurs droits.

page-reviews = Doublons possibles
page-reviews-waiting = { $count ->
        [0] Aucune question n’attend.
        [one] { $count } question attend.
       *[other] { $count } questions attendent.
    }
page-reviews-held-back = { $count } autres sont retenues jusqu’à ce que celles-là soient jugées.
page-reviews-take = Prendre la suivante
page-reviews-take-about = La plus urgente que personne n’examine ; elle est à vous une demi-heure.
page-reviews-filter = Choisir par motif
page-reviews-any = Tous les motifs
page-reviews-none = Rien n’attend.
page-reviews-none-about = Le carrefour ne demande que ce dont il n’est pas sûr.
page-reviews-why = Pourquoi on demande
page-reviews-likely = Une seule personne
page-reviews-since = Depuis
page-reviews-by = Examinée par
page-review = Question
page-review-question = Une seule personne, ou deux ?
page-review-likely = { $share } de chances d’être une seule personne, d’après les indices
page-review-last = Votre réponse est enregistrée ; voici la question suivante.
page-review-last-undo = Annuler la réponse précédente
page-review-claimed = { $by } examine cette question jusqu’au { $until }.
page-review-blind = Question tirée au sort, pour mesurer la justesse du rapprochement : jugez sur les deux fiches seules.
page-review-side-by-side = Les deux fiches côte à côte
page-review-differs = diffère
page-review-other-hidden = L’autre fiche est d’un autre régime : la plateforme doit en juger.
page-review-answer = Votre réponse
page-review-same = Une seule personne
page-review-different = Deux personnes
page-review-unsure = Impossible à dire
page-review-reason = Pourquoi
page-review-usual-1 = Les deux cartes ont été vues
page-review-usual-2 = Le régime a confirmé par téléphone
page-review-usual-3 = Jugé sur les fiches
page-review-do = Répondre et passer à la suivante
page-review-no-answer = Choisissez une réponse.
page-review-no-reason = Dites pourquoi, en quelques mots.
page-review-stale = La question a changé entre-temps : relisez-la et répondez de nouveau.
page-review-evidence = Ce qui pèse pour et contre
page-review-evidence-about = En bits : un bit double la vraisemblance. Chaque barre commence où finit la précédente ; à droite, contre un inconnu, contre quelqu’un du même ménage, contre un jumeau.
page-review-field = Champ
page-review-level = Accord
page-review-drawing = Barre
page-review-strangers = Inconnu
page-review-household = Ménage
page-review-twin = Jumeau
page-review-total = En tout
page-evidence-given = Prénom
page-evidence-family = Nom
page-evidence-birth = Naissance
page-evidence-sex = Sexe
page-evidence-phone = Téléphone
page-evidence-place = Lieu
page-evidence-identifier = Numéro
page-evidence-company = Entourage
page-evidence-prior = Au départ
page-level-equal = identique
page-level-different = différent
page-level-similar = ressemblant
page-level-equivalent = équivalent
page-level-phonetic = même son
page-level-related = apparenté
page-level-day = même jour
page-level-year = même année
page-level-near = proche
page-level-apart = éloigné
page-level-swapped = jour et mois échangés
page-level-year_slip = une année d’écart
page-level-one_part = une partie diffère
page-level-conflict = en désaccord
page-level-two_schemes = deux régimes
page-level-one_scheme = un seul régime
page-level-country = même pays
page-level-region = même région
page-level-commune = même commune
page-level-locality = même localité
page-level-elsewhere = ailleurs
page-level-default_day = jour par défaut
page-level-default_reduced = même année, jour par défaut
page-level-year_reduced = même année, jour inconnu
page-level-place = même lieu
page-level-several = plusieurs proches en commun
page-level-one = un proche en commun
page-level-nobody = aucun proche en commun
page-level-nobody_of_few = aucun proche en commun, sur peu

page-decisions = Décisions
page-decisions-about = Ce que les personnes ont décidé, et pourquoi. Chaque décision tient jusqu’à ce qu’on l’annule.
page-decisions-none = Personne n’a encore rien décidé.
page-decision-undone = annulée
page-decision-undo = Annuler
page-decision-undo-usual = Annulée depuis la page

page-people = Personnes
page-people-about = Une personne se cherche par un numéro, ou par ses nom et prénom avec sa date de naissance (l’année suffit avec le sexe).
page-people-by-number = Par un numéro
page-people-by-name = Par le nom
page-people-system = De quel système
page-people-number = Numéro
page-people-given = Prénom
page-people-family = Nom de famille
page-people-born = Naissance (AAAA-MM-JJ ou AAAA)
page-people-find = Chercher
page-people-found = Trouvé
page-people-sure = Certitude
page-people-none = Personne ne correspond.
page-people-none-about = Vérifiez le numéro, ou cherchez par le nom complet et la date de naissance.
page-people-too-little = Il faut un numéro, ou le nom complet et la date de naissance (l’année suffit avec le sexe).
page-sure-certain = sûre
page-sure-probable = probable
page-sure-possible = possible
page-person = Personne
page-person-ask = Demander ses droits
page-person-contracts = Contrats
page-person-no-contracts = Aucun contrat dans les fiches que vous pouvez voir.
page-person-timeline = Les contrats sur la ligne du temps ; ils sont listés dessous
page-person-records = Fiches
page-person-absent = absente du registre depuis le { $day }
page-person-updated = Changée le { $at }
page-person-household = Ménage
page-person-alone = Personne d’autre dans les contrats que vous pouvez voir.
page-person-past = Histoire
page-person-no-past = Ni réunion ni séparation.
page-person-looks = Qui a consulté ou demandé
page-person-split = Séparer
page-person-split-which = Ces fiches sont de quelqu’un d’autre :
page-person-split-do = Séparer
page-person-merge = Réunir
page-person-other = Identifiant de l’autre personne
page-person-merge-do = Réunir
page-row-name = Nom
page-row-sex = Sexe
page-row-born = Naissance
page-row-birth-place = Lieu de naissance
page-row-died = Décès
page-row-numbers = Numéros
page-row-phones = Téléphones
page-row-addresses = Adresses
page-row-household = Ménage
page-row-contracts = Contrats
page-row-record-id = Numéro au régime
page-name-maiden = { $name } (nom de naissance)
page-name-alias = { $name } (aussi)
page-sex-female = féminin
page-sex-male = masculin
page-sex-unknown = inconnu
page-relationship-head = chef de famille
page-relationship-spouse = conjoint
page-relationship-child = enfant
page-relationship-parent = parent
page-relationship-sibling = frère ou sœur
page-relationship-other = autre
page-coverage-active = actif
page-coverage-suspended = suspendu
page-coverage-ended = clos
page-coverage-pending = en attente

page-ask = Est-elle couverte ?
page-ask-about = Posez la question comme le ferait un partenaire ou un régime, sous les mêmes conventions. La question figure au journal, avec votre nom.
page-ask-as = En tant que, et pour quoi
page-ask-day = Quel jour
page-ask-country = Pays des soins
page-ask-person = Identifiant de la personne, s’il est connu
page-ask-do = Demander
page-ask-too-little = Il faut un jour, et de quoi reconnaître la personne : un identifiant, un numéro, ou le nom complet et la date de naissance.
page-ask-none = Aucune convention en vigueur ne vous permet de demander.
page-ask-none-about = Les conventions sont publiées par les administrateurs de la plateforme.
page-ask-grounds = Ce qui a été regardé
page-ask-qr = Code QR de la réponse signée
page-ask-expires = À ne plus croire après le { $at }
page-purpose-CARE_AUTHORISATION = autoriser des soins
page-answer-scheme = Régime
page-answer-package = Garantie
page-answer-coverage_rate = Le régime paie
page-answer-copay_rate = Reste à charge
page-answer-rights_start = Premier jour couvert
page-answer-rights_end = Dernier jour couvert
page-answer-responsible_institution = Organisme responsable
page-answer-eligible_schemes = Couverte par
page-answer-holds_until = Vaut jusqu’au
page-answer-data_as_of = Données du
page-answer-agreements = Convention
page-answer-person_id = Personne

page-done-reviews-none = Rien n’attend que quelqu’un d’autre n’examine déjà.
page-done-decided = Réponse enregistrée.
page-done-decided-last = Réponse enregistrée ; plus rien n’attend.
page-done-undone = La décision est annulée.
page-done-merged = Les deux personnes n’en font plus qu’une, dès que le rapprochement en a tenu compte.
page-done-split = La séparation est décidée ; elle vaut dès que le rapprochement en a tenu compte.

page-review-around = Les ménages autour
page-review-give-back = Rendre cette question aux autres
page-alike = Par groupes
page-alike-about = Des questions qui se ressemblent : même raison, mêmes régimes, même accord entre les champs. Jugez-en d’abord quelques-unes ; si toutes vont dans le même sens, répondez au groupe. Chaque réponse peut être annulée seule.
page-alike-choose = Choisir
page-alike-pattern = Accord
page-alike-count = Combien
page-alike-agreed = { $field } : { $level }
page-alike-most = Les { $most } plus urgentes au plus ; celles que quelqu’un examine sont laissées.
page-alike-do = Répondre au groupe
page-alike-no-group = Choisissez un groupe.
page-alike-told = { $count ->
        [0] Aucune question n’a reçu de réponse.
        [one] { $count } question a reçu cette réponse.
       *[other] { $count } questions ont reçu cette réponse.
    }
page-alike-left = { $count ->
        [one] { $count } attend encore : quelqu’un l’examine, ou une décision la contredit.
       *[other] { $count } attendent encore : quelqu’un les examine, ou une décision les contredit.
    }

page-section-conflicts = Contradictions
page-conflicts = Contradictions
page-conflicts-about = Ce qui ne peut pas être juste sur une personne connue de plusieurs fiches. Rien n’est changé ici : les régimes concernés tranchent.
page-conflicts-none = Aucune contradiction.
page-conflicts-examined = { $count ->
        [one] { $count } personne connue de plusieurs fiches a été regardée.
       *[other] { $count } personnes connues de plusieurs fiches ont été regardées.
    }
page-conflict-kind = Quoi
page-conflict-says = Ce que disent les fiches
page-conflict-others = { $count ->
        [one] et { $count } fiche d’un autre régime
       *[other] et { $count } fiches d’autres régimes
    }
page-conflict-double_coverage = Couverte par deux régimes qui s’excluent
page-conflict-child_in_two_families = Enfant dans deux familles
page-conflict-twice_in_scheme = Deux fiches d’un même régime
page-conflict-two_sexes = De deux sexes
page-done-given-back = La question est rendue ; quelqu’un d’autre peut la prendre.
page-done-drawn = Des questions tirées au sort attendent avec les autres.
