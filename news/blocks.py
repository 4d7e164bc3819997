"""What a story is made of. Each block has one template under components/blocks/."""

from django.utils.translation import gettext_lazy as _
from wagtail import blocks
from wagtail.documents.blocks import DocumentChooserBlock
from wagtail.images.blocks import ImageBlock


class CutBlock(blocks.StaticBlock):
    """A passage of the source's report that is left out here."""

    class Meta:
        icon = "cut"
        label = _("Cut")
        admin_text = _("A passage is left out here.")
        template = "components/blocks/cut.html"


class ExcerptBlock(blocks.StreamBlock):
    """The source's own words, paragraph by paragraph, with the cuts marked."""

    paragraph = blocks.RichTextBlock(
        label=_("Paragraph"), features=["bold", "italic", "link"], icon="pilcrow"
    )
    cut = CutBlock()


class QuoteBlock(blocks.StructBlock):
    text = blocks.TextBlock(label=_("Words"))
    speaker = blocks.CharBlock(label=_("Who said it"), required=False, max_length=150)

    class Meta:
        icon = "openquote"
        label = _("Quote")
        template = "components/blocks/quote.html"


class PictureBlock(blocks.StructBlock):
    image = ImageBlock(label=_("Picture"))
    caption = blocks.CharBlock(label=_("Caption"), required=False, max_length=300)

    class Meta:
        icon = "image"
        label = _("Picture")
        template = "components/blocks/picture.html"


class DocumentBlock(blocks.StructBlock):
    document = DocumentChooserBlock(label=_("Document"))
    title = blocks.CharBlock(label=_("Words of the link"), required=False, max_length=200)

    class Meta:
        icon = "doc-full"
        label = _("Document")
        template = "components/blocks/document.html"


class EmbedBlock(blocks.StructBlock):
    """A video or a post elsewhere: a titled link, never a frame, so that reading tells nobody."""

    url = blocks.URLBlock(label=_("Address"))
    title = blocks.CharBlock(
        label=_("Title"),
        required=False,
        max_length=200,
        help_text=_("Left empty, it is looked up when the story is published."),
    )

    class Meta:
        icon = "media"
        label = _("Link to a video or post")
        template = "components/blocks/embed.html"


class StoryBlocks(blocks.StreamBlock):
    """Own reporting."""

    paragraph = blocks.RichTextBlock(
        label=_("Paragraph"), icon="pilcrow", features=["bold", "italic", "link", "document-link", "ol", "ul"]
    )
    heading = blocks.CharBlock(
        label=_("Heading"), icon="title", max_length=150, template="components/blocks/heading.html"
    )
    quote = QuoteBlock()
    picture = PictureBlock()
    document = DocumentBlock()
    embed = EmbedBlock()
