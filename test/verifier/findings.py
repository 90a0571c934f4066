"""What a check may find wrong."""

TAMPERED, INCOMPLETE, UNREADABLE = 1, 2, 3
WORDS = {TAMPERED: 'tampered', INCOMPLETE: 'incomplete', UNREADABLE: 'unreadable'}
KEPT = 20


class Refused(Exception):
    """Ends the check of the thing at hand."""

    def __init__(self, code, why):
        super().__init__(why)
        self.code = code


def tampered(why):
    return Refused(TAMPERED, why)


def incomplete(why):
    return Refused(INCOMPLETE, why)


def unreadable(why):
    return Refused(UNREADABLE, why)


class Findings:
    """Prints findings as they come, and keeps their codes."""

    def __init__(self):
        self.codes = []

    def add(self, refused):
        self.codes.append(refused.code)
        if len(self.codes) <= KEPT:
            print(f'{WORDS[refused.code]}: {refused}')

    def worst(self):
        """The exit code: 0, or that of the worst finding."""
        return next((code for code in (TAMPERED, UNREADABLE, INCOMPLETE) if code in self.codes), 0)
