# La page : l’atelier, où l’on modifie, essaie, approuve et publie les fichiers.

page-section-workshop = Atelier
page-workshop = Atelier
page-workshop-about = Les fichiers qui disent comment lire les fiches de chaque régime, avec quels codes, qui assure qui et qui peut demander. Rien ne change pour personne tant qu’une version n’est pas publiée.
page-workshop-open = En cours de modification
page-workshop-none = Aucun fichier de cette sorte.
page-workshop-show-all = Montrer tous les fichiers
page-kind-filter = Quels fichiers
page-kind-all = Tous
page-kind-mapping = Correspondance
page-kind-codes = Table de codes
page-kind-schema = Format
page-kind-scheme = Régime
page-kind-agreement = Convention
page-kind-identity = Règles d’appariement
page-kinds-mapping = Correspondances
page-kinds-codes = Tables de codes
page-kinds-schema = Formats
page-kinds-scheme = Régimes
page-kinds-agreement = Conventions
page-kinds-identity = Règles d’appariement

page-file = Fichier
page-file-kind = Sorte
page-file-counts = Ce qui compte
page-file-draft = Brouillon
page-file-since = depuis le { $day }
page-file-nothing-counts = rien de publié encore
page-file-two = une seconde personne approuve
page-file-edit = Modifier
page-file-go-on = Reprendre le brouillon
page-file-back = Retour au fichier
page-file-text = Texte
page-file-too-long = Ce texte est trop long pour être montré ici.
page-file-history = Qui a fait quoi

page-version = Version
page-versions = Versions
page-version-by = Écrite par
page-version-look = voir
page-version-compare = comparer à ce qui compte
page-version-compare-draft = Ce que le brouillon change
page-version-return = Y revenir
page-version-test = Lancer contrôles et exemples
page-version-preview = Aperçu sur les fiches reçues
page-version-approve = Approuver
page-version-withdraw = Abandonner
page-version-with = Publier en même temps
page-version-at = À partir de quand (UTC ; vide : tout de suite)
page-version-publish = Publier
page-version-waits = Vous avez écrit cette version : quelqu’un d’autre doit l’approuver avant qu’elle soit publiée. Demandez à un collègue d’ouvrir cette page.

page-step = Étape
page-step-drafted = Brouillon enregistré
page-step-checked = Contrôlée
page-step-tested = Exemples vérifiés
page-step-previewed = Aperçu vu
page-step-approved = Approuvée
page-step-published = Publiée
page-step-shipped = Livrée avec le programme
page-step-rolled_back = Remise en vigueur
page-step-withdrawn = Abandonnée

page-difference-added = ajouté
page-difference-removed = retiré
page-difference-changed = modifié
page-compare = Ce qui diffère
page-compare-from = Avant
page-compare-to = Après
page-compare-same = Les deux textes sont identiques.
page-compare-entries = Entrée par entrée
page-compare-entry = Entrée
page-compare-before = Avant
page-compare-after = Après
page-compare-lines = Ligne par ligne

page-preview = Ce que le brouillon changerait
page-preview-about = Les dernières fiches reçues sont passées par le brouillon ; rien n’a été modifié. Voici ce qui en sortirait autrement.
page-preview-last = Combien des dernières fiches (au plus { $most })
page-preview-again = Refaire l’aperçu
page-preview-done = Retour au fichier
page-preview-nothing = Aucune fiche de ce régime n’a encore été reçue.
page-preview-same = Aucune fiche n’en sortirait autrement.
page-preview-no-values = Votre rôle montre les nombres et les champs, pas les valeurs des fiches.

page-finding-error = erreur
page-hindered-stale = Quelqu’un d’autre a enregistré ce fichier depuis que vous l’avez ouvert. Votre texte n’est pas perdu : comparez-le au sien, puis enregistrez de nouveau.
page-hindered-withdrawn = Cette version a été abandonnée. Enregistrez le texte de nouveau pour la reprendre.
page-hindered-counted = Cette version a été en vigueur : publiez-en une autre, ou revenez à une précédente.
page-hindered-not-approved = Une seconde personne doit approuver cette version avant qu’elle soit publiée.
page-hindered-own-text = Vous avez écrit cette version : quelqu’un d’autre doit l’approuver.
page-hindered-past = Ce moment est passé, ou illisible. Choisissez-en un à venir, ou laissez vide pour publier tout de suite.
page-hindered-nothing-earlier = Il n’y a pas de version précédente à laquelle revenir.
page-hindered-busy = D’autres publient en ce moment. Réessayez dans un instant.
page-hindered-no-file = La première clé du texte doit dire ce que c’est : mapping, codes, scheme, agreement ou identity.
page-hindered-other-file = Le texte dit être un autre fichier : { $found }.
page-hindered-same-label = La version { $label } a déjà été publiée avec un autre texte : augmentez le numéro après « version: ».
page-hindered-wrong = { $count ->
        [one] Un problème est à corriger d’abord.
       *[other] { $count } problèmes sont à corriger d’abord.
    }

page-done-version-tested = Contrôles et exemples sont bons.
page-done-version-approved = La version est approuvée.
page-done-version-withdrawn = La version est abandonnée.
page-done-version-returned = La version précédente est de nouveau en vigueur.
page-done-version-published = La version est publiée et compte dès maintenant.
page-done-version-planned = La version est publiée pour plus tard.
page-action-version-drafted = Brouillon enregistré
page-action-version-checked = Version contrôlée
page-action-version-tested = Version testée
page-action-version-previewed = Aperçu d’une version
page-action-version-approved = Version approuvée
page-action-version-published = Version publiée
page-action-version-rolled_back = Retour à une version
page-action-version-withdrawn = Version abandonnée

page-done-draft-saved = Le brouillon est enregistré. Il ne compte encore pour personne.
page-edit-check = Contrôler
page-edit-save = Enregistrer le brouillon
page-edit-theirs = Voir ce que l’autre personne a enregistré (s’ouvre à côté)
page-source = Essayé sur
page-source-received = les dernières fiches reçues
page-source-own = un extrait à moi
page-source-none = rien
page-sample = Quelques lignes du fichier, avec son en-tête (au plus 64 ko)
page-sample-file = ou un fichier :
page-no-problem = Aucun problème
page-errors = { $count ->
        [one] { $count } erreur
       *[other] { $count } erreurs
    }
page-warnings = { $count ->
        [one] { $count } avertissement
       *[other] { $count } avertissements
    }
page-examples = { $count ->
        [one] { $count } exemple essayé
       *[other] { $count } exemples essayés
    }
page-without-errors = Ce que deviennent les fiches se montre une fois les erreurs corrigées.
page-without-nothing = Aucune fiche sur laquelle essayer : rien n’a été reçu, ou l’extrait n’en contient pas.
page-record-accepted = acceptée
page-record-refused = refusée
page-record-as-sent = Telle qu’envoyée
page-record-whole = La fiche entière de la plateforme
page-way-field = Champ de la plateforme
page-way-from = D’après
page-way-sent = Envoyé
page-way-value = Ce qu’il en sort
page-loss = Ce que le chemin du retour ne rend pas entier
page-loss-about = Quand une fiche est réécrite dans le format de ce régime, ces champs reviennent autrement qu’ils n’étaient, ou pas du tout.
page-loss-class = Ce qui revient
page-editor-checking = Contrôle en cours…
page-editor-failed = La plateforme ne répond pas. Votre texte est toujours ici.
page-editor-find = Chercher
page-editor-replace = Remplacer par
page-editor-next = suivant
page-editor-previous = précédent
page-editor-all = tous
page-editor-case = casse exacte
page-editor-regexp = motif
page-editor-word = mots entiers
page-editor-replace-one = remplacer
page-editor-replace-all = tout remplacer
page-editor-close = fermer
page-editor-line = Aller à la ligne
page-editor-go = aller
page-editor-completions = Propositions
page-editor-diagnostics = Problèmes
page-editor-no-diagnostics = Aucun problème
page-editor-current = résultat actuel
page-step-by-shipped = avec le programme

page-start = Un nouveau régime
page-start-about = Donnez un extrait du fichier du régime. Ce qu’on peut y lire devient un premier format, une première correspondance avec ses raisons, et une entrée du registre : des brouillons, que vous corrigez. L’extrait lui-même n’est pas gardé.
page-start-file = Un extrait de son fichier
page-start-file-hint = CSV, JSON, XML ou FHIR, au plus 4 Mo ; quelques centaines de fiches suffisent.
page-start-paste = Ou collez-en quelques lignes, avec l’en-tête
page-start-title = Nom du régime
page-start-id = Identifiant court
page-start-id-hint = Minuscules, chiffres et traits d’union, le pays d’abord, comme ml-kayes. Il figure dans les adresses et ne change plus.
page-start-do = Préparer ses fichiers
page-start-bad-id = 2 à 40 minuscules sans accent, chiffres ou traits d’union ; une lettre d’abord.
page-start-no-file = Choisissez un fichier, ou collez quelques lignes.
page-start-known = Des fichiers portent déjà ce nom : choisissez un autre identifiant, ou ouvrez-les dans l’atelier.
page-start-new = Un nouveau régime, d’après un extrait
page-start-begun = Préparé d’après l’extrait. À droite, ce que deviennent ses premières fiches ; les commentaires du texte disent pourquoi. Corrigez ce qui est faux, enregistrez, puis publiez la correspondance avec son format et son entrée.

page-rows = En tableau
page-rows-as-text = En texte
page-rows-about = Chaque ligne est une entrée du fichier. Enregistrer écrit les lignes modifiées dans le texte et laisse le reste, commentaires compris, comme il est.
page-rows-drop = Retirer
page-rows-fixed = Fait de plusieurs parties : modifiez-le dans le texte.
page-rows-paste = Lignes d’un tableur
page-rows-paste-hint = Copiez-y les cellules et collez-les ici : la clé d’abord, puis ses colonnes. Une clé déjà là reçoit les nouvelles cellules. On peut aussi coller des cellules dans la grille.
page-rows-too-many = Seules les premières lignes sont montrées. Modifiez les autres dans le texte, ou faites la table d’un fichier CSV avec dankun mapping codes import.
page-rows-wrong = Pas enregistré : avec ces lignes le fichier serait faux.
page-column-key-codes = Texte de l’expéditeur
page-column-key-mapping = Champ de la plateforme
page-column-to = Code
page-column-match = Équivalence
page-column-label = Noms
page-column-from = D’après
page-column-do = Verbes
page-column-table = Table
page-column-value = Valeur fixe
page-column-on_error = En cas d’échec

page-blank = Un nouveau fichier
page-blank-about = Une nouvelle convention, table de codes, correspondance, un nouveau régime ou format : sa forme est écrite, à vous de la remplir. Rien ne compte avant d’être enregistré, vérifié et publié.
page-blank-kind = Ce que c’est
page-blank-name = Son nom
page-blank-name-hint = Lettres sans accent, chiffres et traits d’union, comme ml-sn pour une convention ou ml-garanties pour une table de codes ; un format avec sa version, comme ml-kayes/1. Il ne change plus ensuite.
page-blank-do = Écrire sa forme
page-blank-bad-name = Lettres sans accent, chiffres, traits d’union et points, au plus 100 ; un format porte sa version après une barre, comme ml-kayes/1.
page-blank-known = Un fichier porte déjà ce nom.
page-blank-open = L’ouvrir
page-blank-not-yours = Votre régime écrit sa propre correspondance, ses formats, et les tables de codes dont le nom commence par { $scheme }-.
page-blank-sample = Y a-t-il un extrait du fichier du régime ? Commencez par lui : davantage sera préparé.
page-blank-rules = Il y a toujours un jeu de règles d’appariement : modifiez celui-là.
page-blank-begun = Un nouveau fichier, pas encore enregistré. Ce que demande le côté droit est à remplir avant de publier ; un brouillon s’enregistre à tout moment.

# Des règles d’appariement essayées sur tout le monde.
page-trial = Ce que ces règles changeraient
page-trial-first = Avant d’être publiées, les règles d’appariement sont essayées sur toutes les fiches : qui deviendrait une seule personne, qui serait séparé, et de qui cela décide les droits. L’essai ne change rien.
page-trial-begin = Les essayer sur tout le monde
page-trial-look = Voir le résultat
page-trial-came-to = Essayées sur tout le monde : { $joined ->
    [0] personne ne serait réuni
    [one] une personne serait réunie
   *[other] { $joined } personnes seraient réunies
  }, { $parted ->
    [0] personne ne serait séparé
    [one] une personne serait séparée
   *[other] { $parted } personnes seraient séparées
  }.
page-trial-versions = Règles { $model }, comparées à { $force }, droits au { $day }
page-trial-examined = Fiches examinées
page-trial-stop = Arrêter
page-trial-again = Essayer de nouveau
page-trial-file = Retour aux règles
page-trial-running = en cours
page-trial-done = terminé
page-trial-cancelled = arrêté
page-trial-count-records = Fiches
page-trial-count-before = Personnes aujourd’hui
page-trial-count-after = Personnes ensuite
page-trial-count-joined = Seraient réunies
page-trial-count-parted = Seraient séparées
page-trial-count-gained = Fiches qui gagneraient des droits
page-trial-count-lost = Fiches qui perdraient leurs droits
page-trial-count-other = Fiches couvertes par un autre régime
page-trial-nothing = Avec ces règles, chacun reste qui il est.
page-trial-joins = Qui deviendrait une seule personne
page-trial-parts = Qui serait séparé
page-trial-parts-into = { $count ->
    [one] en un groupe de fiches
   *[other] en { $count } groupes de fiches
  }
page-trial-flips = De qui les droits changeraient
page-trial-some = Quelques-uns, au plus { $count }.
page-done-trial-stopped = L’essai est arrêté ; rien n’a été changé.
page-done-trial-busy = Un autre essai est en cours : celui-ci. Il n’y en a qu’un à la fois.
page-file-send = Des fiches peuvent être envoyées : envoyer un fichier
