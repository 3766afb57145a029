"""Names of elements in one namespace, and the parts of an element by their names.

Shape: Tags(namespace).parts(element) -> Parts: the first child of each name, names that repeat.
An element of another namespace has no name here: it is passed over.
"""

from typing import NamedTuple

from providers.camt.document import Element

KEY_CHARACTERS_MAX = 140  # The standard's keys have 35; banks put more into their own.
REMITTANCE = ("Ustrd", "Ref", "Nb", "AddtlRmtInf")
NO_KEYS = ("NOTPROVIDED", "NOT PROVIDED", "NONREF", "NOTPROVIDED.")


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
        self.structured = self.path("Strd/CdtrRefInf/Ref")
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

    def bank_code(self, element: Element | None) -> list[Element]:
        """The codes of `PMNT/RCDT/ESCT`, or the bank's own one; none if there is none."""
        if element is None:
            return []
        domain = element.find(self._domain)
        if domain is not None:  # Its codes stand in the order from the widest to the closest.
            return list(domain.iter(*self._codes))
        own = element.find(self.path("Prtry/Cd"))
        return [] if own is None else [own]


def text_of(element: Element | None) -> str:
    """The text of a leaf without blanks around it; empty if there is no such element."""
    return "" if element is None else (element.text or "").strip()


def reference_of(text: str) -> str:
    """A key without blanks around it, empty if it is none."""
    key = text.strip()
    if not key or len(key) > KEY_CHARACTERS_MAX or not key.isprintable() or key.upper() in NO_KEYS:
        return ""
    return key
