"""Storylines about the payment itself: order numbers, promised transfers, cheques, part payments."""

from __future__ import annotations

from webapp.demo.stories.lines import Story, line

ORDER_NUMBER = Story(
    "order_number",
    frozenset({"overdue", "open"}),
    (
        line(
            "cpt",
            "La {ref} est revenue de chez {client} : « numéro de commande absent, facture rejetée ». "
            "{at_rep}, tu as leur bon de commande ?",
            "{client} a rejeté la {ref}. Il leur faut le numéro de commande et le code chantier, sinon "
            "la facture n'entre pas dans leur système.",
        ),
        line(
            "rep",
            "Commande passée par téléphone, je n'ai rien d'écrit. J'appelle {contact} pour l'avoir.",
            "Je l'avais dans un mail de {contact}. Je cherche et je te donne ça dans la journée.",
            after=2,
            to=0,
        ),
        line(
            "rep",
            "C'est retrouvé : commande {order}. Code chantier identique à la facture précédente.",
            "Numéro obtenu : {order}. {contact} demande que la facture parte en dépôt, plus par mail.",
            after=5,
            likes={"cpt": "👍"},
        ),
        line(
            "cpt",
            "Facture réémise avec la mention, même numéro, même échéance. On ne repart pas pour 30 jours.",
            "Déposée à nouveau avec la référence {order}. Accusé de réception reçu.",
            after=2,
        ),
        line(
            "rep",
            "Bien. Je leur ai dit que l'échéance du {due} ne bougeait pas.",
            "J'ai demandé à {contact} de noter le numéro sur toutes ses commandes. On verra.",
            after=3,
            chance=0.7,
        ),
        line(
            "mgr",
            "À partir de maintenant, pas de commande enregistrée sans référence client pour eux. Je le "
            "mets en consigne au comptoir.",
            after=4,
            chance=0.5,
            likes={"cpt": "🙏"},
        ),
        line(
            "cpt",
            "Statut vérifié ce matin : facture acceptée, paiement prévu {d7}.",
            "Toujours « en cours de validation » chez eux. Je relance le service achats.",
            "Facture bonne à payer depuis hier soir, elle part dans le virement de {d7}.",
            "Leur conducteur de travaux doit encore viser la facture. Réponse attendue {d3}.",
            after=12,
        ),
    ),
)

PROMISE = Story(
    "promise",
    frozenset({"overdue", "sinking"}),
    (
        line(
            "cpt",
            "La {ref} a passé l'échéance du {due}, {open} ouverts. Une relance envoyée, pas de réponse. "
            "{at_rep}, tu vois {contact} bientôt ?",
            "Rien reçu sur la {ref} ({open}). {at_rep}, est-ce qu'il y a un blocage que je ne connais pas ?",
            "{client} est en retard sur la {ref}. Deux appels, à chaque fois la messagerie. Tu peux "
            "essayer ?",
        ),
        line(
            "rep",
            "Je passe chez eux {d1}, je pose la question en direct.",
            "J'ai {contact} cet après-midi au dépôt. Je reviens vers toi.",
            "Pas de litige à ma connaissance, la marchandise est posée. J'appelle.",
            after=2,
            to=0,
        ),
        line(
            "rep",
            "Vu {contact}. Virement promis pour {d3}, {il} attend l'encaissement d'une situation de travaux.",
            "{contact} s'engage pour {d3}. La facture était restée dans la pile de la secrétaire, rien de "
            "plus.",
            "Virement de {open} annoncé pour {d3}. {Il} m'a montré l'ordre en attente de signature.",
            after=7,
            likes={"cpt": "🙏"},
        ),
        line(
            "cpt",
            "Je note la promesse au {d3}. Si rien n'arrive je relance le lendemain.",
            "Merci. Je guette le compte.",
            after=1,
        ),
        line(
            "cpt",
            "Rien sur le relevé de ce matin. La promesse n'est pas tenue.",
            "Trois jours de plus et toujours pas un mot de leur part.",
            "Toujours rien en banque. {at_rep} ?",
            after=45,
        ),
        line(
            "rep",
            "{contact} s'excuse, leur propre client a payé en retard. Nouvelle date : {d7}.",
            "Je viens de l'avoir. {Il} fait le virement ce soir et m'envoie l'avis d'exécution.",
            "Leur banque a bloqué l'ordre pour un RIB mal saisi. C'est corrigé, départ {d1}.",
            after=4,
            to=4,
        ),
        line(
            "cm",
            "Deuxième date. Tant que ce n'est pas sur le compte, pas de nouvelle livraison à crédit, s'il te "
            "plaît.",
            "Je suis d'accord pour attendre {d7}, pas au-delà. Ensuite mise en demeure.",
            after=3,
            chance=0.75,
        ),
        line(
            "mgr",
            "Entendu. {at_rep}, tu préviens le comptoir.",
            "On les connaît depuis longtemps, mais je comprends. Consigne passée à l'agence.",
            after=2,
            chance=0.6,
        ),
        line(
            "rep",
            "C'est fait. {contact} l'a bien pris, {il} s'y attendait.",
            "Comptoir prévenu. Je garde le contact et je vous dis.",
            after=2,
            chance=0.5,
        ),
    ),
)

CHEQUE = Story(
    "cheque",
    frozenset({"overdue"}),
    (
        line(
            "cpt",
            "{client} répond à la relance : « le chèque est parti par courrier la semaine dernière ». "
            "Rien reçu pour l'instant.",
            "{contact} me dit que le chèque de la {ref} est posté. Numéro demandé, pas encore communiqué.",
        ),
        line(
            "rep",
            "C'est ce qu'on m'a dit aussi. Ils paient par chèque depuis toujours, {contact} signe le "
            "vendredi.",
            "Possible qu'il soit arrivé à l'agence. Je regarde dans la bannette.",
            after=2,
        ),
        line(
            "mgr",
            "Rien à l'accueil. Le courrier du siège, peut-être ?",
            "On a bien reçu une enveloppe, mais c'est pour une autre facture. Je te la fais suivre.",
            after=3,
            chance=0.7,
        ),
        line(
            "cpt",
            "Dix jours pour un courrier, c'est long. Je demande une opposition et un virement à la place.",
            "Toujours rien au courrier. Est-ce qu'on peut leur proposer le virement ? J'envoie notre RIB.",
            after=12,
        ),
        line(
            "rep",
            "{contact} accepte le virement cette fois-ci. {Il} fait opposition {d1}.",
            "Je passe récupérer le chèque en main propre {d3}, c'est sur ma tournée.",
            after=4,
            to=3,
            likes={"cpt": "👍"},
        ),
        line(
            "cpt",
            "Parfait. Je garde la {ref} ouverte à {open} en attendant.",
            "Merci. Je décale la relance à {d3}.",
            after=1,
        ),
        line(
            "rep",
            "Opposition faite, virement annoncé pour {d7}.",
            "Récupéré. Remis à {mgr} pour la banque.",
            after=10,
            chance=0.5,
            same_as=4,
        ),
    ),
)

PART = Story(
    "part_payment",
    frozenset({"partly"}),
    (
        line(
            "cpt",
            "{client} n'a réglé qu'une partie : il reste {open} sur la {ref}, {gross} au départ. Une "
            "raison ?",
            "Règlement incomplet sur la {ref}. Reste {open}. Retenue de garantie ou oubli ?",
        ),
        line(
            "rep",
            "Ils ont retenu 5 % d'office, comme sur leurs marchés publics. Ce n'est pas dans nos conditions.",
            "{contact} parle d'une compensation avec un avoir qu'on ne leur a jamais promis.",
            after=4,
        ),
        line(
            "cm",
            "Pas de retenue de garantie chez nous, c'est de la fourniture. Les CGV sont signées, article 6.",
            "Aucune compensation sans accord écrit. On réclame le solde.",
            after=2,
            likes={"cpt": "👍"},
            same_as=1,
        ),
        line(
            "rep",
            "Je le leur explique {d1}, en souplesse. C'est leur nouvelle comptable qui applique sa "
            "procédure.",
            "Ok, je reprends ça avec {contact}. {Il} n'est pas de mauvaise foi.",
            after=3,
            same_as=1,
        ),
        line(
            "rep",
            "Accord trouvé : solde réglé avec la prochaine échéance, autour du {d7}.",
            "{contact} a relu le bon de commande. Le solde part {d3}.",
            after=10,
            likes={"cm": "👍", "cpt": "🙏"},
        ),
        line(
            "cpt",
            "Noté. Je joins le relevé complet pour éviter une nouvelle discussion.",
            "Merci. J'ai renvoyé les CGV avec le passage surligné.",
            after=2,
            chance=0.7,
        ),
    ),
)

SETTLED = Story(
    "settled",
    frozenset({"paid"}),
    (
        line(
            "cpt",
            "Bonjour, {client} a dépassé l'échéance du {due} sur la {ref}. Quelqu'un a une nouvelle ?",
            "{at_rep}, la {ref} est restée ouverte. Tu sais où ça en est ?",
        ),
        line(
            "rep",
            "Oui, {contact} était en congé et personne n'avait délégation pour signer. {Il} s'en occupe.",
            "J'ai eu la comptable : facture validée, elle part au prochain lot de virements.",
            after=3,
            to=0,
        ),
        line("cpt", "Merci, je laisse passer le lot.", "Bien noté, pas de relance d'ici là.", after=1),
        line(
            "cpt",
            "Virement reçu ce matin, {gross}. Facture soldée.",
            "C'est payé, lettré dans la foulée. Merci pour le coup de fil.",
            after=16,
            likes={"rep": "🎉", "mgr": "👍"},
        ),
        line("rep", "Merci {cpt}.", "Super. Je les remercie au passage.", after=1, chance=0.6),
    ),
)

STORIES = (ORDER_NUMBER, PROMISE, CHEQUE, PART, SETTLED)
