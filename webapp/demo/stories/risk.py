"""Storylines about the client itself: a new director, a limit exceeded, the court, a plan to pay."""

from __future__ import annotations

from webapp.demo.stories.lines import Story, line

DIRECTOR = Story(
    "director",
    frozenset({"sinking"}),
    (
        line(
            "rep",
            "À savoir : {client} a changé de dirigeant. {contact} reste en place, mais c'est le fils qui "
            "signe maintenant.",
            "Du nouveau chez {client} : le gérant a cédé ses parts. Je l'ai appris au comptoir, pas par eux.",
        ),
        line(
            "cm",
            "Merci {rep}. Ça change la signature sur les LCR et la caution personnelle de l'ancien gérant. "
            "Tu as la date ?",
            "Important. La {ref} est à échéance le {due}. Est-ce que la société reste la même, ou c'est une "
            "reprise de fonds ?",
            after=2,
            to=0,
            likes={"rep": "👍"},
        ),
        line(
            "rep",
            "Même SIREN, même adresse. L'annonce légale daterait du mois dernier.",
            "Cession de parts, donc même société. {contact} m'a confirmé que les dettes suivent.",
            after=4,
        ),
        line(
            "cpt",
            "Je vois les retards s'allonger depuis des mois : 20 jours, puis 35, maintenant plus de 45.",
            "Côté paiements : le dernier virement date, et il ne couvrait qu'une facture sur trois.",
            after=3,
        ),
        line(
            "cm",
            "Je demande les statuts à jour et un Kbis de moins de trois mois. En attendant, on garde le "
            "plafond actuel sans l'augmenter.",
            "Je préfère un rendez-vous avec le nouveau dirigeant avant toute livraison importante.",
            after=5,
        ),
        line(
            "mgr",
            "Rendez-vous pris {d7} à l'agence, avec {contact}. {at_cm}, tu viens ?",
            "Je les reçois {d7}. Je demanderai un point de trésorerie.",
            after=6,
        ),
        line(
            "cm",
            "Oui, j'y serai. Je prépare le relevé et l'âge de chaque facture.",
            "Très bien. Demande aussi qui sont leurs trois plus gros clients.",
            after=2,
            likes={"mgr": "👍"},
            same_as=5,
        ),
        line(
            "rep",
            "Ils m'ont passé une commande de {basket} ce matin. Je la laisse en attente ?",
            "Question : ils veulent enlever des {goods} dès {d1}. Je fais quoi ?",
            after=8,
            chance=0.8,
        ),
        line(
            "cm",
            "En attente, oui. Ou paiement à la commande, à eux de choisir.",
            "Comptant seulement, jusqu'au rendez-vous.",
            after=1,
            to=7,
            chance=0.8,
        ),
    ),
)

BLOCKED = Story(
    "limit",
    frozenset({"breach"}),
    (
        line(
            "rep",
            "Commande {order} bloquée pour {client} : plafond dépassé. {contact} attend la livraison pour "
            "{d3}, le chantier démarre.",
            "Le comptoir refuse l'enlèvement de {client}, dépassement d'encours. {at_mgr}, {at_cm}, on peut "
            "débloquer ?",
        ),
        line(
            "cm",
            "Le dépassement vient de la {ref}, {open}, à échéance du {due}. Si elle est réglée, on repasse "
            "sous le plafond et la commande part.",
            "Je regarde. Avec la {ref} ({open}) ils sont au-dessus. Qu'est-ce qu'ils peuvent régler cette "
            "semaine ?",
            after=2,
            to=0,
        ),
        line(
            "rep",
            "{contact} propose {part} tout de suite, le reste à la fin du mois.",
            "J'ai demandé un virement de {part} aujourd'hui. {Il} est d'accord si la livraison part {d1}.",
            after=3,
        ),
        line(
            "mgr",
            "Bon client, carnet plein pour le trimestre. Je suis pour débloquer à réception du virement.",
            "Je soutiens la demande. Ils ont toujours fini par payer, et le chantier est sérieux.",
            after=2,
        ),
        line(
            "cm",
            "D'accord pour débloquer dès que l'avis de virement arrive, et pas avant. Je ne touche pas au "
            "plafond.",
            "Accord pour cette commande seulement. On revoit le plafond avec le bilan.",
            after=2,
            likes={"rep": "🙏", "mgr": "👍"},
        ),
        line(
            "cpt",
            "Pas encore de {part} sur le compte. Je regarde à chaque relevé, le prochain est {d1} à 7 h.",
            "Je surveille le compte et je débloque dès que je vois passer le virement.",
            after=3,
        ),
        line(
            "sav",
            "La palette est prête à quai, je la garde de côté jusqu'à {d3}. Après il me faut la place.",
            after=4,
            chance=0.6,
        ),
        line(
            "rep",
            "Avis de virement reçu, je le transfère à {cpt}.",
            "{contact} dit que c'est parti ce midi. J'attends le justificatif.",
            after=5,
            chance=0.7,
            likes={"cm": "👍"},
        ),
        line(
            "cfo",
            "Je lis le fil. Avec la hausse de leur activité, il faudra une vraie demande de plafond, pas un "
            "déblocage par semaine.",
            after=5,
            chance=0.4,
        ),
    ),
)

INSOLVENT = Story(
    "insolvency",
    frozenset({"insolvent"}),
    (
        line(
            "cm",
            "Attention, {client} : procédure collective ouverte, je viens de voir l'annonce au BODACC. "
            "Plus aucune livraison à crédit.",
            "Jugement d'ouverture publié pour {client}. On gèle tout ce qui est antérieur, dont la {ref} "
            "({open}).",
        ),
        line(
            "rep",
            "Je l'apprends ici. {contact} m'avait parlé de difficultés, pas de ça.",
            "Ça se sentait depuis deux mois. Il y a encore des {goods} à nous sur leur chantier.",
            after=1,
            to=0,
        ),
        line(
            "cpt",
            "Je prépare la déclaration de créance : toutes les factures ouvertes, plus les bons non "
            "facturés. Délai de deux mois.",
            "Relances arrêtées sur le compte. Je sors l'état détaillé pour le mandataire.",
            after=3,
            likes={"cm": "👍"},
        ),
        line(
            "cm",
            "{at_sav}, peux-tu vérifier ce qui reste sur place ? Notre réserve de propriété est dans les "
            "CGV, on revendique si la marchandise est identifiable.",
            after=2,
        ),
        line(
            "sav",
            "Vu sur place avec {rep} : deux palettes encore filmées, étiquettes lisibles. Photos et relevé "
            "faits.",
            "Inventaire fait sur le chantier. Une partie est posée, le reste est identifiable, j'ai les "
            "numéros de lot.",
            after=12,
            to=3,
            likes={"cm": "🙏"},
        ),
        line(
            "mgr",
            "Et pour la suite ? Ils demandent à acheter au comptant pour finir les chantiers en cours.",
            after=4,
        ),
        line(
            "cm",
            "Au comptant, oui, et uniquement avec l'accord de l'administrateur par écrit. La {ref}, elle, se "
            "déclare.",
            after=2,
            to=5,
        ),
        line(
            "cpt",
            "Déclaration envoyée au mandataire en recommandé. J'attends l'accusé.",
            "Déclaration de créance déposée, copie au dossier.",
            after=10,
            likes={"cm": "👍", "cfo": "👍"},
        ),
        line(
            "cfo",
            "Merci à tous. On provisionne à la clôture du mois.",
            after=5,
            chance=0.7,
        ),
    ),
)

PLAN = Story(
    "payment_plan",
    frozenset({"sinking", "breach"}),
    (
        line(
            "rep",
            "{contact} demande un échéancier sur la {ref} : {open} en trois fois. {Il} joue franc jeu, "
            "leur plus gros client est en retard.",
            "{client} ne pourra pas régler la {ref} d'un coup. Proposition : un tiers par mois.",
        ),
        line(
            "cm",
            "Je préfère un échéancier tenu à une promesse vague. Première échéance tout de suite, et une "
            "reconnaissance de dette signée.",
            "Possible, à condition que la première part tombe cette semaine et que le courant soit payé "
            "comptant.",
            after=4,
        ),
        line(
            "mgr",
            "Ok pour moi. {at_rep}, tu leur fais bien préciser les dates, pas « vers le 15 ».",
            after=2,
            likes={"cm": "😄"},
            chance=0.7,
        ),
        line(
            "rep",
            "Dates obtenues : {part} {d1}, puis la même chose à un mois et à deux mois.",
            "{contact} signe {d3}. Premier virement le jour même.",
            after=7,
        ),
        line(
            "cpt",
            "J'enregistre les trois échéances. Si l'une saute, tout redevient exigible : c'est écrit dans le "
            "courrier.",
            after=2,
            likes={"cm": "👍"},
        ),
        line(
            "cpt",
            "Première part attendue, pas encore en banque.",
            "Le premier virement est annoncé par leur banque, valeur {d1}. Je vérifie ce jour-là.",
            after=14,
        ),
        line(
            "rep",
            "J'appelle {contact} dans la matinée.",
            "Bonne nouvelle. Je reste en contact chaque semaine.",
            after=1,
            chance=0.8,
            same_as=5,
        ),
    ),
)

STORIES = (DIRECTOR, BLOCKED, INSOLVENT, PLAN)
