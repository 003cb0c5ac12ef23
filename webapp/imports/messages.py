"""What the importer says to people: one sentence a code."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _l

FILE: dict[str, Any] = {
    "empty": _l("Ce fichier est vide."),
    "header_only": _l("Ce fichier n’a qu’une ligne de titres, sans aucune donnée."),
    "no_columns": _l("Aucune colonne n’est reconnue dans ce fichier."),
    "too_many_rows": _l("Ce fichier compte plus de deux millions de lignes. Découpez-le."),
    "is_xlsx": _l("Ce fichier est un classeur Excel, pas un CSV. Enregistrez-le au format CSV."),
    "is_xls": _l(
        "Ce fichier est un ancien classeur Excel ou Word, pas un CSV. Enregistrez-le au format CSV."
    ),
    "is_ods": _l("Ce fichier est un classeur LibreOffice, pas un CSV. Enregistrez-le au format CSV."),
    "is_docx": _l("Ce fichier est un document Word, pas un CSV."),
    "is_zip": _l("Ce fichier est une archive ZIP, pas un CSV. Ouvrez-la et choisissez le fichier CSV."),
    "is_gzip": _l("Ce fichier est compressé, ce n’est pas un CSV. Décompressez-le d’abord."),
    "is_archive": _l("Ce fichier est une archive, pas un CSV."),
    "is_pdf": _l("Ce fichier est un PDF, pas un CSV."),
    "is_rtf": _l("Ce fichier est un document, pas un CSV."),
    "is_image": _l("Ce fichier est une image, pas un CSV."),
    "is_html": _l("Ce fichier est une page web, pas un CSV."),
    "is_xml": _l("Ce fichier est du XML, pas un CSV."),
    "is_json": _l("Ce fichier est du JSON, pas un CSV."),
    "is_binary": _l("Ce fichier n’est pas du texte. Exportez vos données au format CSV."),
    "nul_bytes": _l(
        "Ce fichier contient des octets nuls (ligne %(line)s) : il est abîmé, ou ce n’est pas du texte."
    ),
    "encoding_broken": _l("Ce fichier est abîmé : la ligne %(line)s n’est pas du %(encoding)s valable."),
    "no_header": _l("La ligne %(line)s ne ressemble pas à des titres de colonnes. Ajoutez-en une."),
    "too_many_columns": _l("Ce fichier a plus de %(limit)s colonnes."),
    "line_too_long": _l("La ligne %(line)s est démesurée."),
    "too_large": _l("Ce fichier dépasse 600 Mo. Découpez-le."),
    "no_fec": _l(
        "Ce fichier n’a pas les colonnes d’un FEC (JournalCode, EcritureNum, EcritureDate, CompteNum, Debit…)."
    ),
    "missing_column": _l("Aucune colonne ne donne « %(label)s »."),
    "unknown_column": _l("La colonne « %(column)s » n’est pas dans ce fichier."),
    "unknown_mapping": _l("Aucun modèle ne s’appelle « %(name)s »."),
    "not_found": _l("Le fichier n’existe pas ou ne peut pas être lu."),
    "format_unsupported": _l("Ce format n’est pas encore pris en charge. Importez un fichier CSV."),
    "kind_unsupported": _l("Ce type d’import n’est pas encore pris en charge."),
    "cancelled": _l("L’import a été annulé. Rien n’a été écrit."),
    "failed": _l("L’import a échoué de notre côté. Rien n’a été écrit."),
    "stock_share": _l(
        "Ce fichier solderait %(count)s des %(total)s pièces ouvertes, plus que les %(limit)s %% admis. Rien n’a été écrit."
    ),
    "changed_meanwhile": _l("Les données ont changé depuis le contrôle. Contrôlez de nouveau."),
}
ROW: dict[str, Any] = {
    "broken_quotes": _l("Ligne illisible : ses guillemets sont mal fermés."),
    "cell_too_long": _l("Une cellule de cette ligne est démesurée."),
    "too_many_cells": _l("Cette ligne a plus de cellules que de colonnes."),
    "too_few_cells": _l("Cette ligne n’a pas toutes ses cellules."),
    "control_character": _l("caractère invisible"),
    "missing": _l("valeur manquante"),
    "scientific": _l("référence abîmée par un tableur (écrite %(value)s)"),
    "too_long": _l("texte trop long"),
    "date": _l("date impossible (%(value)s)"),
    "date_format": _l("date écrite autrement que les autres (%(value)s)"),
    "not_a_number": _l("montant illisible (%(value)s)"),
    "too_large": _l("montant démesuré (%(value)s)"),
    "negative": _l("montant négatif : indiquez les avoirs par une colonne « Type de pièce »"),
    "currency": _l("%(value)s n’est pas le code d’une devise"),
    "no_rate": _l("devise %(value)s : aucun cours n’est connu à cette date"),
    "rate": _l("cours illisible (%(value)s)"),
    "unknown_client": _l("aucun client n’a ce code (%(value)s)"),
    "unknown_invoice": _l("ce client n’a pas de facture %(value)s à régler"),
    "changed_payment": _l("ce règlement est déjà enregistré avec d’autres valeurs"),
    "kind": _l("type de pièce inconnu (%(value)s)"),
    "side": _l("sens inconnu (%(value)s) : D ou C"),
    "siren_length": _l("un SIREN compte 9 chiffres"),
    "siren_key": _l("SIREN faux, sa clé ne correspond pas"),
    "siret_length": _l("un SIRET compte 14 chiffres"),
    "siret_key": _l("SIRET faux, sa clé ne correspond pas"),
    "vat": _l("numéro de TVA faux"),
    "sales_rep": _l("personne n’a cette adresse"),
    "duplicate": _l("déjà en ligne %(value)s, avec d’autres valeurs"),
    "below_paid": _l("le montant passerait sous ce qui est déjà réglé"),
    "identity": _l("%(value)s"),
}
WARNING: dict[str, Any] = {
    "currency_assumed": _l("Aucune colonne de devise : les montants sont pris en %(value)s."),
    "currency_hint": _l("La colonne « %(value)s » nomme une autre devise : vérifiez que les montants sont convertis."),
    "due_before_issue": _l("Échéance antérieure à l’émission."),
    "due_computed": _l("Échéance absente : calculée selon les conditions du client."),
    "ambiguous_dates": _l("« %(value)s » : le jour et le mois peuvent se lire des deux façons, le jour est pris en premier."),
    "ambiguous_amounts": _l("« %(value)s » : rien ne dit si 1.234 vaut mille ou un ; les groupes de trois chiffres sont lus comme des milliers."),
    "float_refs": _l("« %(value)s » : références écrites comme des nombres à virgule, remises en entiers."),
    "prediction": _l("« %(value)s » : colonne de prévision, aucun règlement n’en est tiré."),
    "computed_instant": _l("« %(value)s » : dates à la fraction de seconde, calculées et non constatées ; aucun règlement n’en est tiré. Associez la colonne à « Réglée le » pour la prendre quand même."),
    "computed_hours": _l("« %(value)s » : un lettrage ne porte pas d’heure, ces dates sont calculées ; aucun règlement n’en est tiré. Associez la colonne à « Réglée le » pour la prendre quand même."),
    "not_dates": _l("« %(value)s » : ce ne sont pas des dates, colonne laissée de côté."),
    "not_amounts": _l("« %(value)s » : ce ne sont pas des montants, colonne laissée de côté."),
    "names": _l("« %(value)s » : colonne laissée de côté."),
    "cut": _l("Texte plus long que la place prévue : la fin est laissée de côté."),
    "zero": _l("Montant nul : ligne laissée de côté."),
    "same_twice": _l("Ligne identique à une autre, comptée une fois."),
    "rounded": _l("Plus de deux décimales : arrondi au centime."),
    "aliases": _l("Autres orthographes d’un même client, gardées comme alias."),
    "encoding": _l("Fichier lu en %(value)s."),
    "unbalanced_group": _l("Lettrage %(value)s déséquilibré : affecté du plus ancien au plus récent, le reste demeure ouvert."),
    "unbalanced_piece": _l("Écriture %(value)s déséquilibrée : ses débits et ses crédits ne font pas le même total."),
    "account_beside": _l("Comptes %(value)s : ce ne sont pas des créances ordinaires sur des clients, laissés de côté."),
    "refunds": _l("Débits hors des ventes (remboursement, rejet) : repris comme des pièces exigibles à leur date."),
    "cleared": _l("Pièces absentes de ce fichier : soldées à sa date."),
    "credit_left": _l("Avoirs absents de ce fichier que rien ne peut absorber : laissés ouverts."),
    "over_paid": _l("Plus que ce qui reste dû sur les factures citées : le surplus reste à affecter."),
    "settled_credit": _l("Avoir marqué réglé : laissé ouvert, à rapprocher."),
}  # fmt: skip


def say(table: dict[str, Any], code: str, **params: object) -> str:
    """The sentence of a code in the running language."""
    sentence = table.get(code, table.get("identity"))
    return str(sentence) % params if params and "%(" in str(sentence) else str(sentence)
