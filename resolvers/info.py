"""What every field method is handed: the field's place in the document and the operation's context."""

import strawberry

from loaders.context import RequestContext

Info = strawberry.Info[RequestContext, None]
