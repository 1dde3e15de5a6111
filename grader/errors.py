"""What may go wrong while judging, and whose doing it is."""


class Miss(AssertionError):  # noqa: N818 - the word of the project
    """The candidate's doing: what was expected and what was found, with the command that shows it.

    ``see`` is one kubectl command without kubeconfig flags, or empty. A plain ``assert`` in a lab's checks means the
    same and gives no command.
    """

    def __init__(self, why: str, see: str = "") -> None:
        super().__init__(why)
        self.see = see


class Broken(Exception):  # noqa: N818 - the outcome's name
    """The grader's or the cluster's doing: a probe could not run, so nothing is known about the candidate's work."""


class NoAnswer(Broken):
    """The API server did not answer in time, refused the connection, or answered with 429 or 5xx."""


class NoTrust(NoAnswer):
    """The TLS handshake with the API server failed; for a candidate's kubeconfig that is the candidate's doing."""


class Refused(Exception):  # noqa: N818 - an answer, not always an error
    """The API server answered with 4xx; out of a check it counts as broken, so whoever asks decides what it means.

    ``status`` is the HTTP status, ``reason`` the Status object's reason (``AlreadyExists``, ``Forbidden`` ...).
    """

    def __init__(self, status: int, reason: str, message: str) -> None:
        super().__init__(f"{message} ({status} {reason})" if message else f"{status} {reason}")
        self.status = status
        self.reason = reason
        self.message = message


class ChecksError(Exception):
    """A checks.py that cannot be loaded: ``what`` names file, line and mistake, ``fix`` says what to write instead."""

    def __init__(self, what: str, fix: str = "") -> None:
        super().__init__(what)
        self.what = what
        self.fix = fix
