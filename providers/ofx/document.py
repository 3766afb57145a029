"""The document of OFX: which aggregate is open, whose statement it is, where a transaction ends.

Shape: Document.take(token) -> SettlementLine when a transaction has ended, FileRefused, or None.
Aggregates that matter have end tags also in SGML, and have to be closed in order; of others and of
elements the end tags do not matter, since SGML leaves them out. Two faults of banks are let be: a
list of transactions that only the end of its statement closes, and a statement of a card that
closes as one of an account.
Errors: FileRefused: `element_wrong`, `element_missing`, and those of a transaction.
Source: docs/formats/ofx.md.
"""

import re
from typing import TYPE_CHECKING

from providers.ofx.head import decoded
from providers.ofx.tokens import TOKEN_CHARACTERS_MAX, Block, Token, plain_tokens
from providers.ofx.transaction import FIELDS, Owner, Transaction, is_balance, line_of, plain_text
from providers.settlement_file import FileRefused, SettlementLine, shown
from providers.source import LINES_MAX

if TYPE_CHECKING:
    from datetime import date

STATEMENTS = ("STMTRS", "CCSTMTRS")
ACCOUNTS = ("BANKACCTFROM", "CCACCTFROM")
FOREIGN = ("CURRENCY", "ORIGCURRENCY")
LIST, TRANSACTION = "BANKTRANLIST", "STMTTRN"
# They stand in other places too: in transfers, say.
ELSEWHERE = (*FOREIGN, *ACCOUNTS, "PAYEE", "BANKACCTTO", "CCACCTTO")
AGGREGATES = {
    "OFX": ("",),
    **dict.fromkeys(STATEMENTS, ("OFX",)),
    **dict.fromkeys(ACCOUNTS, STATEMENTS),
    LIST: STATEMENTS,
    TRANSACTION: (LIST,),
    "PAYEE": (TRANSACTION,),
    "BANKACCTTO": (TRANSACTION,),
    "CCACCTTO": (TRANSACTION,),
    "CURRENCY": (TRANSACTION,),
    "ORIGCURRENCY": (TRANSACTION,),
}
# They hold transactions, or amounts that only they explain.
NOT_READ = ("INVSTMTRS", "LOANSTMTRS", "AMRTSTMTRS")
_TAG = re.compile(r"<(/?[A-Z][A-Z0-9.]*)>([^<]*)", re.ASCII)
_MATTER = frozenset((*AGGREGATES, *NOT_READ))
STATEMENTS_MAX = 10_000
ACCOUNT_CHARACTERS_MAX = 64


class Document:
    """One file from its `<OFX>` on; flat in memory."""

    def __init__(self, batch_id: str, *, encoding: str) -> None:
        """Begin before the first tag."""
        self._batch_id = batch_id
        self._encoding = encoding
        self._open = [""]
        self._owner = Owner(batch_id, "", "", "", encoding)
        self._fields: dict[str, str] = {}
        self._foreign = ""
        self._raws: list[str] = []
        self._size = self._line = self._ordinal = self._statements = 0
        self.accounts: set[str] = set()
        self.count = 0
        self.last: date | None = None
        self.ended = False

    def take(self, token: Token | Block) -> SettlementLine | FileRefused | None:
        """Go on by one tag, or by a whole transaction."""
        if isinstance(token, Block):
            return self._take_block(token)
        return self._take_token(token)

    def _take_token(self, token: Token) -> SettlementLine | FileRefused | None:
        if self.ended:
            return self._wrong(token, "the end of the file")
        if self._line:
            self._raws.append(token.raw)
            self._size += len(token.raw)
            if self._size > TOKEN_CHARACTERS_MAX:
                message = f"line {self._line}: a transaction has too many characters"
                return FileRefused("element_too_large", message, self._line)
        if token.name in AGGREGATES:
            return self._shut(token) if token.closes else self._begin(token)
        if token.closes:
            return None
        if token.name in NOT_READ:
            return self._wrong(token, "statements of banks and cards alone")
        return self._leaf(token)

    def _take_block(self, block: Block) -> SettlementLine | FileRefused | None:
        fields = _fields_of(block.raw)
        if fields is not None and self._open[-1] == LIST and self._owner.account:
            self._fields, self._foreign = fields, ""
            self._raws, self._line = [block.raw], block.line_number
            return self._transaction()
        taken = None
        for token in plain_tokens(block):
            taken = self._take_token(token)
            if isinstance(taken, FileRefused):
                break
        return taken

    def _begin(self, token: Token) -> FileRefused | None:
        name, inside = token.name, self._open[-1]
        if inside not in AGGREGATES[name]:
            if name in ELSEWHERE:
                return None
            return self._wrong(token, f"a place in {' or '.join(AGGREGATES[name]) or 'the file'}")
        self._open.append(name)
        if name in STATEMENTS:
            self._statements += 1
            self._ordinal = 0
            self._owner = Owner(self._batch_id, "", str(self._statements), "", self._encoding)
            if self._statements > STATEMENTS_MAX:
                message = f"more than {STATEMENTS_MAX} statements"
                return FileRefused("too_many_parts", message, token.line_number)
        elif name == TRANSACTION:
            self._fields, self._foreign = {}, ""
            self._raws, self._line, self._size = [token.raw], token.line_number, len(token.raw)
            if not self._owner.account:
                message = f"line {token.line_number}: a transaction of an account without ACCTID"
                return FileRefused("element_missing", message, token.line_number, "ACCTID")
        elif name in FOREIGN:
            self._foreign = name
        return None

    def _shut(self, token: Token) -> SettlementLine | FileRefused | None:
        if token.name in STATEMENTS:
            if self._open[-1] == LIST:
                self._open.pop()
            if self._open[-1] in STATEMENTS:
                self._open.pop()
                return None
        if token.name != self._open[-1]:
            if token.name in ELSEWHERE and token.name not in self._open:
                return None
            return self._wrong(token, f"</{self._open[-1]}>")
        self._open.pop()
        if token.name == "OFX":
            self.ended = True
            if token.text.strip():
                return self._wrong(token, "the end of the file")
        return self._transaction() if token.name == TRANSACTION else None

    def _transaction(self) -> SettlementLine | FileRefused | None:
        self._ordinal += 1
        self.count += 1
        if self.count > LINES_MAX:
            message = f"more than {LINES_MAX} transactions"
            return FileRefused("too_many_lines", message, self._line)
        raw = "".join(self._raws)
        said = Transaction(self._fields, self._foreign, raw, self._line, self._ordinal)
        line = None if is_balance(self._fields) else line_of(said, self._owner)
        self._line = 0
        if isinstance(line, SettlementLine):
            day = line.booked_at.date()
            self.last = day if self.last is None else max(self.last, day)
            self.accounts.add(self._owner.account)
        return line

    def _leaf(self, token: Token) -> FileRefused | None:
        inside, name = self._open[-1], token.name
        if inside == TRANSACTION or (inside in FOREIGN and name.startswith("CUR")):
            if name not in FIELDS or not token.text.strip():
                return None
            if name in self._fields:
                return self._wrong(token, f"one {name} in a transaction")
            self._fields[name] = token.text
        elif inside == "PAYEE" and name == "NAME":
            self._fields.setdefault(name, token.text)
        elif name == "CURDEF" and inside in STATEMENTS:
            self._owner = self._owner._replace(currency=token.text.strip().upper())
        elif name == "ACCTID" and inside in ACCOUNTS:
            text = decoded(token.text, encoding=self._encoding)
            account = "" if text is None else plain_text(text.strip())
            if not account or len(account) > ACCOUNT_CHARACTERS_MAX or not account.isprintable():
                line, words = token.line_number, shown(account)
                message = f"line {line}, ACCTID: printed {words!r}, expected a short key"
                return FileRefused("key_wrong", message, line, "ACCTID", words, "a short key")
            self._owner = self._owner._replace(account=account)
        return None

    def _wrong(self, token: Token, expected: str) -> FileRefused:
        name = shown(f"{'/' if token.closes else ''}{token.name}")
        line = token.line_number
        message = f"line {line}: <{name}> stands here, expected {expected}"
        return FileRefused("element_wrong", message, line, name, name, expected)


def _fields_of(raw: str) -> dict[str, str] | None:
    """The fields of a plain transaction; None if it has to be taken tag by tag."""
    found = _TAG.findall(raw)
    if len(found) != raw.count("<"):  # A `<` that is text, or a tag with attributes.
        return None
    fields: dict[str, str] = {}
    for name, text in found[1:-1]:  # Between `<STMTTRN>` and its end.
        if name in FIELDS:
            if text.strip():
                if name in fields:
                    return None
                fields[name] = text
        elif name.removeprefix("/") in _MATTER:
            return None
    return fields
