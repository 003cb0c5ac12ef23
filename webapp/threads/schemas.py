"""What threads take and give, for API and sockets alike."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from marshmallow import ValidationError, fields, validate

from webapp.core.api import MAX_PAGE, ApiSchema, MoneySchema, PageArgs
from webapp.threads.rules import MOST_FILES

MAX_SEQ = 2**53


def _storable(text: str) -> None:
    """JSON can carry halves of characters that no database takes."""
    try:
        text.encode("utf-8")
    except UnicodeEncodeError as error:
        raise ValidationError(str(_l("Ce texte contient des caractères illisibles."))) from error


class MessageIn(ApiSchema):
    client_id = fields.UUID(required=True)
    body = fields.String(
        required=True, validate=_storable, metadata={"description": "may be empty beside attachments"}
    )
    reply_to = fields.UUID(load_default=None, allow_none=True)
    attachment_ids = fields.List(
        fields.UUID(),
        load_default=list,
        validate=validate.Length(max=MOST_FILES),
        metadata={"description": "files of yours, from POST /files, that hang on nothing yet"},
    )


class MessageReplay(MessageIn):
    """A message from an outbox: it names its thread, and its own id is the act's when it gives none."""

    thread_id = fields.UUID(required=True)
    client_id = fields.UUID(load_default=None, allow_none=True)


class EditIn(ApiSchema):
    body = fields.String(required=True, validate=_storable)


class ReactionIn(ApiSchema):
    emoji = fields.String(required=True, validate=[validate.Length(1, 16), _storable])
    on = fields.Boolean(load_default=True)


class ReadIn(ApiSchema):
    seq = fields.Integer(required=True, strict=True, validate=validate.Range(0, MAX_SEQ))


class MessagesArgs(ApiSchema):
    after_seq = fields.Integer(load_default=None, allow_none=True, validate=validate.Range(0, MAX_SEQ))
    before_seq = fields.Integer(load_default=None, allow_none=True, validate=validate.Range(0, MAX_SEQ))
    limit = fields.Integer(load_default=50, validate=validate.Range(1, MAX_PAGE))
    cursor = fields.String(load_default=None, allow_none=True, validate=validate.Length(max=500))


class ConversationsArgs(MessagesArgs):
    class Meta(ApiSchema.Meta):
        exclude = ("after_seq", "before_seq")

    kept = fields.String(
        data_key="only", load_default=None, validate=validate.OneOf(("unread", "mentions", "waiting"))
    )
    q = fields.String(load_default="", validate=validate.Length(max=80))


class FollowerOut(ApiSchema):
    user_id = fields.UUID()
    name = fields.String()
    role = fields.String()
    level = fields.String()
    last_read_seq = fields.Integer()


class FollowersOut(ApiSchema):
    items = fields.List(fields.Nested(FollowerOut))
    next_cursor = fields.String(allow_none=True)


class ThreadReadOut(ApiSchema):
    thread_id = fields.UUID()
    seq = fields.Integer()


class LevelOut(ApiSchema):
    thread_id = fields.UUID()
    level = fields.String()


class AuthorOut(ApiSchema):
    id = fields.UUID()
    name = fields.String()
    handle = fields.String()
    initials = fields.String()
    role = fields.String(allow_none=True)


class QuoteOut(ApiSchema):
    id = fields.UUID()
    seq = fields.Integer()
    name = fields.String()
    excerpt = fields.String()


class ReactionOut(ApiSchema):
    emoji = fields.String()
    user_ids = fields.List(fields.UUID())


class AttachmentOut(ApiSchema):
    id = fields.UUID()
    kind = fields.String(metadata={"description": "image, audio or file"})
    name = fields.String()
    media_type = fields.String()
    size = fields.Integer()
    width = fields.Integer(allow_none=True)
    height = fields.Integer(allow_none=True)
    duration_ms = fields.Integer(allow_none=True)


class ActOut(ApiSchema):
    kind = fields.String()
    id = fields.UUID()


class MessageOut(ApiSchema):
    id = fields.UUID()
    thread_id = fields.UUID()
    seq = fields.Integer()
    client_id = fields.UUID()
    kind = fields.String()
    author = fields.Nested(AuthorOut, allow_none=True)
    body = fields.String()
    html = fields.String()
    created_at = fields.String()
    edited_at = fields.String(allow_none=True)
    deleted_at = fields.String(allow_none=True)
    reply_to = fields.UUID(allow_none=True)
    quote = fields.Nested(QuoteOut, allow_none=True)
    act = fields.Nested(ActOut, allow_none=True)
    mentions = fields.List(fields.UUID())
    reactions = fields.List(fields.Nested(ReactionOut))
    attachments = fields.List(fields.Nested(AttachmentOut))


class MessagesOut(ApiSchema):
    items = fields.List(fields.Nested(MessageOut))
    next_cursor = fields.String(allow_none=True)
    last_seq = fields.Integer()
    more = fields.Boolean()


class ThreadOut(ApiSchema):
    id = fields.UUID()
    thread_id = fields.UUID()
    subject_type = fields.String()
    subject_id = fields.UUID()
    audience = fields.String(metadata={"description": "internal, or client: the client reads it too"})
    client_thread_id = fields.UUID()
    client_id = fields.UUID()
    title = fields.String()
    url = fields.String()
    last_seq = fields.Integer()
    last_read_seq = fields.Integer()
    unread = fields.Integer()
    level = fields.String(allow_none=True)


class ConversationOut(ApiSchema):
    thread_id = fields.UUID()
    subject_type = fields.String()
    subject_id = fields.UUID()
    audience = fields.String()
    client_id = fields.UUID()
    title = fields.String()
    label = fields.String()
    client_name = fields.String()
    url = fields.String()
    last_seq = fields.Integer()
    last_message_at = fields.String(allow_none=True)
    unread = fields.Integer()
    mentioned = fields.Boolean()
    preview = fields.String(allow_none=True)
    preview_author = fields.Nested(AuthorOut, allow_none=True)


class ConversationsOut(ApiSchema):
    items = fields.List(fields.Nested(ConversationOut))
    next_cursor = fields.String(allow_none=True)


class LevelIn(ApiSchema):
    level = fields.String(required=True, validate=validate.OneOf(("all", "mentions", "none")))


class VersionOut(ApiSchema):
    body = fields.String()
    at = fields.String(metadata={"description": "since when it said so"})


class VersionsOut(ApiSchema):
    items = fields.List(fields.Nested(VersionOut))


class ReaderOut(ApiSchema):
    user_id = fields.UUID()
    name = fields.String()
    initials = fields.String()
    seq = fields.Integer()
    read = fields.Boolean()


class ReadersOut(ApiSchema):
    items = fields.List(fields.Nested(ReaderOut))


class SearchArgs(PageArgs):
    q = fields.String(required=True, validate=validate.Length(max=200))


class FoundMessageOut(ApiSchema):
    message_id = fields.UUID()
    seq = fields.Integer()
    author = fields.Nested(AuthorOut, allow_none=True)
    created_at = fields.String()
    excerpt = fields.String()
    hit = fields.List(fields.Integer(), metadata={"description": "where the word stands in the excerpt"})


class FoundOut(ApiSchema):
    items = fields.List(fields.Nested(FoundMessageOut))
    next_cursor = fields.String(allow_none=True)


class LinksArgs(ApiSchema):
    from_seq = fields.Integer(required=True, validate=validate.Range(0, MAX_SEQ))
    to_seq = fields.Integer(required=True, validate=validate.Range(0, MAX_SEQ))


class CardOut(ApiSchema):
    kind = fields.String(metadata={"description": "invoice or client"})
    id = fields.UUID()
    url = fields.String()
    title = fields.String()
    detail = fields.String()
    amount = fields.Nested(MoneySchema, allow_none=True)
    state = fields.String(allow_none=True)
    days_late = fields.Integer(allow_none=True)


class LinkOut(ApiSchema):
    message_id = fields.UUID()
    seq = fields.Integer()
    links = fields.List(fields.Nested(CardOut))


class LinksOut(ApiSchema):
    items = fields.List(fields.Nested(LinkOut))
