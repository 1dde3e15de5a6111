"""What the user can mend."""


class LabsError(Exception):
    """A fault outside this program, said in one sentence, with what to type.

    It exists so that every layer can stop for a reason that the user can act on, and one place prints it.
    ``what`` says what was found and where, ``fix`` what to do about it, ``code`` is the exit code of the command.
    """

    def __init__(self, what: str, fix: str = "", code: int = 3) -> None:
        super().__init__(what)
        self.what = what
        self.fix = fix
        self.code = code
