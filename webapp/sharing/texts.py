"""What mails to a client say, in the language of the running request (or the one forced).

A mail quotes the one message it is about, which was written to be read by the client, and nothing else.
"""

from __future__ import annotations

from flask_babel import gettext as _

from webapp.threads.subjects import Subject


def message_mail(
    company: str, name: str, author: str, subject: Subject, body: str, link: str
) -> tuple[str, str]:
    """Subject and text of the mail about a message."""
    about = subject.title if subject.type != "client" else subject.client_name
    quoted = "\n".join(f"> {line}" for line in body.strip().splitlines())
    text = _(
        "Bonjour %(name)s,\n\n%(author)s (%(company)s) vous écrit au sujet de %(about)s :\n\n%(quoted)s\n\n"
        "Lire et répondre : %(link)s\n\nCe lien est personnel. Un code vous est envoyé à cette adresse"
        " pour l’ouvrir. Une réponse à ce message n’est lue par personne.\n",
        name=name,
        author=author,
        company=company,
        about=about,
        quoted=quoted,
        link=link,
    )
    return _("%(company)s vous écrit : %(about)s", company=company, about=about), text


def code_mail(company: str, name: str, code: str) -> tuple[str, str]:
    """Subject and text of the mail that brings a code."""
    text = _(
        "Bonjour %(name)s,\n\nVotre code pour lire vos échanges avec %(company)s : %(code)s\n\n"
        "Il est valable un quart d’heure, une seule fois. Si vous n’avez rien demandé, ne faites rien.\n",
        name=name,
        company=company,
        code=code,
    )
    return _("Votre code pour vos échanges avec %(company)s", company=company), text
