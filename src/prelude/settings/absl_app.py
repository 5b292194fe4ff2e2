"""absl.app: hands the words of the command line to a program's main."""


def run(main, argv=None, flags_parser=None):
    return main(argv or [""])
