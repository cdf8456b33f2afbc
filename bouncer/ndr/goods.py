"""Other things than mail that are delivered, come back or fail: parcels, orders, invoices."""

import re

_GOODS = re.compile(
    r"parcel|package|shipment|courier|\border\b|paket|sendung|colis|paquete|pacote|pacco|pakje|przesyłk"
    r"|paczk|посылк|kargo"
    r"|colet|посилк|δέμα|csomag|balí[kč]|\bطرد|الطرد|חביל|bưu kiện|\bpakken?\b|paketti|\bgoods\b"
    r"|荷物|包裹|택배|快递|快遞",
)
_BUSINESS = re.compile(
    r"invoice|payment|application|rechnung|zahlung|überweisung|bewerbung|facture|paiement|factura|pedido|pagamento|fattura|zamówien"
    r"|faktur|оплат|платеж|товар|商品|상품|\bin our (?:forum|shop)"
    r"|\bdeliver(?:ing)? (?:your|the|these|those) (?!(?:[\w-]{1,14} ){0,2}(?:e-?mails?|mails?|messages?|letters?"
    r"|posts?|reports?|notices?"
    r"|notifications?|answers?|repl(?:y|ies)|following|attached|enclosed|below)\b)[a-z]{3}"
)
"""Other things that come back, or fail, in the subjects of offices; a null reverse-path shows that a mail about them did."""


def tells_of_goods(words: str) -> bool:
    """Whether *words*, in lower case, are about a parcel or an order."""
    return _GOODS.search(words) is not None


def tells_of_business(subject: str) -> bool:
    """Whether a *subject*, in lower case, names an invoice, a payment or the like."""
    return _BUSINESS.search(subject) is not None
