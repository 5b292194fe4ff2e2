"""Text with less or more in front of its lines."""


def dedent(text):
    lines = text.split("\n")
    margins = [len(line) - len(line.lstrip(" \t")) for line in lines if line.strip()]
    margin = min(margins, default=0)
    return "\n".join(line[margin:] if line.strip() else "" for line in lines)


def indent(text, prefix, predicate=None):
    wants = predicate or (lambda line: line.strip())
    return "".join(prefix + line if wants(line) else line for line in text.splitlines(True))


def fill(text, width=70, **options):
    return text


def wrap(text, width=70, **options):
    return [text]


def shorten(text, width, **options):
    return text
