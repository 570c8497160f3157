package dev.gleaner.format;

/** What a {@link SourceReader} finds in a source, one at a time and in no promised order: boxes may come before their image. */
public sealed interface SourceItem permits SourceDocument, SourceCategory, SourceImage, SourceBox, SourceCaption, Finding {
}
