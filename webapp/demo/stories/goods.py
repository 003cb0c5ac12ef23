"""Storylines about what was delivered: damaged, missing, short, wrongly priced."""

from __future__ import annotations

from webapp.demo.stories.lines import Story, line

DAMAGED = Story(
    "damaged",
    frozenset({"disputed"}),
    (
        line(
            "rep",
            "{contact} m'appelle : une partie des {goods} de la {ref} est arrivée abîmée, coins écrasés et "
            "film ouvert. {Il} bloque le règlement tant que ce n'est pas réglé.",
            "Passage ce matin chez {client}. Sur le BL {bl}, les {goods} sont marqués sur toute une "
            "palette. {contact} ne paiera pas la {ref} en l'état.",
            "{client} conteste la {ref} : palette écrasée, les {goods} du dessous sont inutilisables. "
            "J'ai vu la marchandise, la réclamation tient debout.",
        ),
        line(
            "sav",
            "Vu. Tu as des photos ? Il me faut l'étiquette de palette et le BL {bl} signé, avec les réserves "
            "s'il y en a.",
            "Je prends. Est-ce qu'ils ont émis des réserves sur le BL {bl} ? Sans ça le transporteur va "
            "refuser.",
            after=1,
            to=0,
        ),
        line(
            "rep",
            "Réserves écrites à la main par leur magasinier : « 1 palette endommagée ». Voici les photos de "
            "ce matin.",
            "Oui, mention « emballage ouvert, à contrôler » et la signature du chauffeur. Les photos sont "
            "là.",
            after=3,
            likes={"sav": "👍"},
            photos=2,
        ),
        line(
            "sav",
            "Bien reçu. 11 pièces sur 48 sont à reprendre, le reste est utilisable. Le transporteur passe "
            "reprendre la palette {d3}.",
            "Contrôle fait avec l'entrepôt : la casse vient du transport, pas de notre chargement. "
            "J'ouvre la réclamation, reprise prévue {d3}.",
            after=7,
        ),
        line(
            "cpt",
            "De mon côté la {ref} reste ouverte pour {open}. Je suspends la relance sur la partie contestée, "
            "mais le solde est bien dû. {at_rep}, tu peux le leur dire ?",
            "Je mets la relance en pause sur cette facture. Combien est vraiment contesté ? Le reste était "
            "à échéance le {due}.",
            after=4,
        ),
        line(
            "rep",
            "C'est passé : {contact} règle la part non contestée {d7} et attend l'avoir pour le reste.",
            "{contact} est d'accord pour payer {part} tout de suite. Le reste à réception de l'avoir.",
            after=8,
            to=4,
        ),
        line(
            "mgr",
            "On fait l'avoir sans attendre le transporteur, c'est un bon client. {at_sav}, tu me donnes le "
            "montant exact et je valide.",
            "D'accord pour un geste sur les pièces abîmées. Pas sur toute la facture.",
            after=3,
        ),
        line(
            "sav",
            "Montant de l'avoir : {credit}. Je l'ai chiffré au tarif de la commande {order}.",
            "{credit} HT compris port retour. Détail joint au dossier de réclamation.",
            after=2,
            likes={"mgr": "👍", "cpt": "👍"},
        ),
        line(
            "cpt",
            "Avoir de {credit} en préparation, il part avec le courrier de {d1}. Je relance le solde "
            "ensuite.",
            "C'est noté, j'émets l'avoir aujourd'hui et j'envoie un relevé à jour à {contact}.",
            after=3,
        ),
        line(
            "rep",
            "Merci à tous les deux. Je préviens {contact}.",
            "Parfait, je repasse chez eux {d3} et je vérifie que le virement est lancé.",
            after=1,
            chance=0.6,
        ),
    ),
)

DELIVERY_NOTE = Story(
    "delivery_note",
    frozenset({"disputed", "overdue"}),
    (
        line(
            "cpt",
            "{client} demande le bon de livraison signé pour la {ref}. Sans lui, leur comptabilité ne met "
            "pas en paiement. Qui l'a ?",
            "{client} répond à ma relance : « facture non rapprochée, BL {bl} introuvable chez nous ». "
            "{at_sav}, tu peux me le retrouver ?",
        ),
        line(
            "sav",
            "Le BL {bl} est au nom du chantier, pas du siège. Je demande la copie au transporteur.",
            "Je regarde. Le chauffeur a livré un samedi matin, il n'y avait personne pour signer.",
            after=3,
            to=0,
        ),
        line(
            "rep",
            "Je confirme que tout a été déchargé, j'étais sur place. {contact} me l'a encore dit la semaine "
            "dernière.",
            "Leur chef de chantier a réceptionné, il me l'a confirmé au téléphone. Il signera une "
            "attestation s'il le faut.",
            after=2,
            same_as=1,
        ),
        line(
            "sav",
            "Copie retrouvée : signature lisible et tampon de l'entreprise. C'est bon de notre côté.",
            "Le transporteur m'a renvoyé la preuve de livraison, géolocalisée, avec le nom du "
            "réceptionnaire.",
            after=9,
            likes={"cpt": "🙏"},
            same_as=1,
        ),
        line(
            "cpt",
            "Envoyé à {contact} avec la facture. {Il} me répond que ça passe à la prochaine campagne de "
            "paiement, {d7}.",
            "Merci. Transmis à leur comptabilité, j'ai demandé une date de règlement.",
            after=2,
        ),
        line(
            "rep",
            "Pour la prochaine fois, ils veulent le numéro de chantier sur le BL. Je l'ajoute aux "
            "consignes de la fiche.",
            "Je leur ai rappelé que la {ref} était à échéance le {due}. Pas de mauvaise volonté, juste le "
            "papier.",
            after=5,
            chance=0.7,
        ),
        line(
            "cpt",
            "Pas de virement à ce jour. Je les rappelle {d1} matin.",
            "Toujours {open} ouverts. {at_rep}, si tu as {contact} au téléphone, un mot aiderait.",
            after=14,
            chance=0.7,
        ),
        line(
            "rep",
            "Je l'ai en rendez-vous {d3}, je pose la question.",
            "Message laissé. Je te dis dès que j'ai quelque chose.",
            after=2,
            to=6,
            chance=0.8,
        ),
    ),
)

SHORT = Story(
    "short_delivery",
    frozenset({"disputed"}),
    (
        line(
            "rep",
            "Il manque des {goods} sur la livraison {bl} d'après {client} : 6 reçus pour 10 facturés.",
            "{contact} a compté deux fois : la {ref} facture plus que ce qui a été livré, il manquerait un "
            "quart des {goods}.",
        ),
        line(
            "sav",
            "La préparation dit 10. Je demande l'inventaire tournant de l'allée pour en avoir le cœur net.",
            "Je vérifie la pesée du camion. Si le compte n'y est pas, on le verra tout de suite.",
            after=2,
        ),
        line(
            "mgr",
            "C'est la troisième fois ce mois-ci sur cette tournée. {at_sav}, je veux le nom du préparateur "
            "et du chauffeur, sans accuser personne.",
            "Attention, la commande {order} avait un reliquat. Ils ont peut-être été livrés en deux fois.",
            after=3,
            chance=0.75,
        ),
        line(
            "sav",
            "Inventaire fait : 4 de trop en stock. L'erreur est chez nous.",
            "Confirmé, le reliquat est resté à quai. Il partira {d1} avec la tournée du matin.",
            after=8,
            likes={"rep": "👍"},
        ),
        line(
            "cpt",
            "Alors deux solutions : on livre le manque et la {ref} reste due en entier, ou j'émets un "
            "avoir de {credit}. Qu'est-ce que préfère le client ?",
            after=2,
        ),
        line(
            "rep",
            "{contact} préfère recevoir le manque, le chantier attend. {Il} paiera tout à réception.",
            "Ils se sont fournis ailleurs entre-temps. Avoir de {credit}, et le reste part au prochain "
            "virement.",
            after=3,
            to=4,
        ),
        line(
            "cpt",
            "Noté au dossier. Je décale la relance à {d7}.",
            "C'est clair, je m'occupe de la suite. Échéance rappelée à {contact} par mail.",
            after=2,
        ),
        line(
            "sav",
            "Livré ce matin, BL complémentaire signé sans réserve.",
            "",
            after=10,
            likes={"rep": "🙏", "cpt": "👍"},
            chance=0.7,
            same_as=5,
        ),
    ),
)

PRICE = Story(
    "price",
    frozenset({"disputed", "open"}),
    (
        line(
            "rep",
            "{client} conteste le prix sur la {ref} : la remise de 8 % du devis n'a pas été reprise sur les "
            "{goods}.",
            "Écart de prix sur la {ref}. {contact} a le devis signé sous les yeux, et {il} a raison : "
            "on a facturé au tarif public.",
        ),
        line(
            "cpt",
            "Le devis a été saisi après la commande {order}, donc le tarif par défaut s'est appliqué. Tu "
            "peux m'envoyer la version signée ?",
            "Je vois la ligne. Sans accord écrit je ne peux rien corriger : {at_mgr}, tu confirmes la "
            "remise ?",
            after=2,
        ),
        line(
            "mgr",
            "Je confirme les 8 %, accordés en rendez-vous. L'oubli vient de l'agence.",
            "Remise confirmée, uniquement sur cette commande. Pas de rétroactif sur les précédentes.",
            after=3,
            to=1,
        ),
        line(
            "cpt",
            "Avoir de {credit} établi. Il reste {open} à régler avant déduction.",
            "Correction faite : avoir de {credit}, j'envoie les deux documents ensemble.",
            after=3,
            likes={"rep": "🙏"},
        ),
        line(
            "rep",
            "{contact} a bien reçu. {Il} règle la différence à l'échéance, pas de souci de ce côté.",
            "Vu avec le client : c'est validé chez eux, paiement avec le lot de {d7}.",
            "{contact} vérifie avec son devis et me rappelle {d1}, mais le montant lui convient.",
            "Réglé de leur côté. {contact} demande que la remise figure sur les prochaines confirmations.",
            after=6,
        ),
        line(
            "cm",
            "Je retiens deux avoirs pour erreur de prix en un mois sur {client}. On regarde ensemble la "
            "saisie des devis {d3} ?",
            after=4,
            chance=0.25,
        ),
        line("mgr", "D'accord, {d3} à 9 h. J'apporte les derniers devis.", after=1, to=5),
    ),
)

STORIES = (DAMAGED, DELIVERY_NOTE, SHORT, PRICE)
