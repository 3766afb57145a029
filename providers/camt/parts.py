"""Names of elements in one namespace, and the parts of an element by their names.

Shape: Tags(namespace).parts(element) -> Parts: the first child of each name, names that repeat.
An element of another namespace has no name here: it is passed over.
"""

from typing import NamedTuple

from providers.camt.document import Element
from providers.settlement_file import shown

KEY_CHARACTERS_MAX = 140  # The standard's keys have 35; banks put more into their own.
REMITTANCE = ("Ustrd", "Ref", "Nb", "AddtlRmtInf")
NO_KEYS = ("", "NOTPROVIDED", "NOT PROVIDED", "NONREF", "NOTPROVIDED.")


class Parts(NamedTuple):
    """The children of an element."""

    first: dict[str, Element]
    doubled: list[str]


class Tags:
    """The full names of elements, made once a namespace."""

    def __init__(self, namespace: str) -> None:
        """Name elements of `{namespace}`, the braces in it."""
        self._namespace = namespace
        self._cut = len(namespace)
        self._paths: dict[str, str] = {}
        self.details = self.path("NtryDtls/TxDtls")
        self.batch = self.path("NtryDtls/Btch")
        self.instructed = self.path("InstdAmt")
        self.rate = self.path("CcyXchg/XchgRate")
        self.return_reason = self.path("RtrInf/Rsn")
        self._domain = self.path("Domn")
        self._codes = (self.path("Cd"), self.path("SubFmlyCd"))
        self.remittance = tuple(self.path(name) for name in REMITTANCE)

    def path(self, names: str) -> str:
        """`A/B` with the namespace."""
        found = self._paths.get(names)
        if found is None:
            found = "/".join(self._namespace + name for name in names.split("/"))
            self._paths[names] = found
        return found

    def name(self, element: Element) -> str:
        """The name without the namespace; empty if the namespace is another one."""
        tag = element.tag
        return tag[self._cut :] if tag.startswith(self._namespace) else ""

    def parts(self, element: Element) -> Parts:
        """The first child of each name, and the names that come again."""
        namespace, cut = self._namespace, self._cut
        first: dict[str, Element] = {}
        doubled: list[str] = []
        for child in element:
            tag = child.tag
            if tag.startswith(namespace):
                name = tag[cut:]
                if name in first:
                    doubled.append(name)
                else:
                    first[name] = child
        return Parts(first, doubled)

    def bank_code(self, element: Element | None) -> str:
        """`PMNT/RCDT/ESCT`, or the bank's own code; empty if there is none."""
        if element is None:
            return ""
        domain = element.find(self._domain)
        if domain is not None:  # Its codes stand in the order from the widest to the closest.
            return shown("/".join((each.text or "").strip() for each in domain.iter(*self._codes)))
        return shown(element.findtext(self.path("Prtry/Cd"), "").strip())


def text_of(element: Element | None) -> str:
    """The text of a leaf without blanks around it; empty if there is no such element."""
    return "" if element is None else (element.text or "").strip()


def reference(element: Element | None) -> str:
    """A key, empty if it is none."""
    key = text_of(element)
    if key.upper() in NO_KEYS or len(key) > KEY_CHARACTERS_MAX or not key.isprintable():
        return ""
    return key
