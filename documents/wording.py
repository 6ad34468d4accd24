"""What papers say, in the languages that they speak, and which of them a customer reads."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from babel.core import Locale, UnknownLocaleError


@dataclass(frozen=True, slots=True, kw_only=True)
class Wording:
    """Every word on a paper in one language."""

    invoice: str
    number: str
    date_of_issue: str
    date_due: str
    bill_to: str
    ship_to: str
    description: str
    quantity: str
    unit_price: str
    amount: str
    carried_forward: str
    brought_forward: str
    subtotal: str
    total: str
    applied_balance: str
    amount_due: str
    amount_paid: str
    amount_remaining: str
    starting_balance: str
    ending_balance: str
    paid: str
    void: str
    uncollectible: str
    quote: str
    quote_number: str
    valid_until: str
    prepared_for: str
    due_at_first: str
    recurring: str
    free_trial: str
    accepted: str
    canceled: str
    credit_notes: str
    credit_note: str
    credit_note_number: str
    credited: str
    taken_off_invoice: str
    refunded: str
    credited_to_balance: str
    given_back_elsewhere: str
    page: str
    """Has a place for the number of the `{page}` and for that of all `{pages}`."""


ENGLISH: Final = Wording(
    invoice="Invoice",
    number="Invoice number",
    date_of_issue="Date of issue",
    date_due="Date due",
    bill_to="Bill to",
    ship_to="Ship to",
    description="Description",
    quantity="Qty",
    unit_price="Unit price",
    amount="Amount",
    carried_forward="Carried forward",
    brought_forward="Brought forward",
    subtotal="Subtotal",
    total="Total",
    applied_balance="Applied balance",
    amount_due="Amount due",
    amount_paid="Amount paid",
    amount_remaining="Amount remaining",
    starting_balance="Balance before",
    ending_balance="Balance after",
    paid="Paid",
    void="Void",
    uncollectible="Uncollectible",
    quote="Quote",
    quote_number="Quote number",
    valid_until="Valid until",
    prepared_for="Prepared for",
    due_at_first="Due at first",
    recurring="Recurring",
    free_trial="Free trial",
    accepted="Accepted",
    canceled="Canceled",
    credit_notes="Credit notes",
    credit_note="Credit note",
    credit_note_number="Credit note number",
    credited="Amount credited",
    taken_off_invoice="Taken off the invoice",
    refunded="Refunded",
    credited_to_balance="Credited to the balance",
    given_back_elsewhere="Given back otherwise",
    page="Page {page} of {pages}",
)
_GERMAN: Final = Wording(
    invoice="Rechnung",
    number="Rechnungsnummer",
    date_of_issue="Ausstellungsdatum",
    date_due="Fällig am",
    bill_to="Rechnungsempfänger",
    ship_to="Lieferung an",
    description="Beschreibung",
    quantity="Menge",
    unit_price="Einzelpreis",
    amount="Betrag",
    carried_forward="Übertrag",
    brought_forward="Übertrag",
    subtotal="Zwischensumme",
    total="Gesamtbetrag",
    applied_balance="Verrechnetes Guthaben",
    amount_due="Fälliger Betrag",
    amount_paid="Bezahlt",
    amount_remaining="Offener Betrag",
    starting_balance="Saldo vorher",
    ending_balance="Saldo nachher",
    paid="Bezahlt",
    void="Storniert",
    uncollectible="Uneinbringlich",
    quote="Angebot",
    quote_number="Angebotsnummer",
    valid_until="Gültig bis",
    prepared_for="Angebot für",
    due_at_first="Zunächst fällig",
    recurring="Wiederkehrend",
    free_trial="Kostenlose Testphase",
    accepted="Angenommen",
    canceled="Zurückgezogen",
    credit_notes="Gutschriften",
    credit_note="Gutschrift",
    credit_note_number="Gutschriftsnummer",
    credited="Gutgeschriebener Betrag",
    taken_off_invoice="Von der Rechnung abgezogen",
    refunded="Erstattet",
    credited_to_balance="Dem Guthaben gutgeschrieben",
    given_back_elsewhere="Anderweitig erstattet",
    page="Seite {page} von {pages}",
)
_FRENCH: Final = Wording(
    invoice="Facture",
    number="Numéro de facture",
    date_of_issue="Date d’émission",
    date_due="Date d’échéance",
    bill_to="Facturer à",
    ship_to="Livrer à",
    description="Description",
    quantity="Qté",
    unit_price="Prix unitaire",
    amount="Montant",
    carried_forward="À reporter",
    brought_forward="Report",
    subtotal="Sous-total",
    total="Total",
    applied_balance="Solde imputé",
    amount_due="Montant dû",
    amount_paid="Montant payé",
    amount_remaining="Reste à payer",
    starting_balance="Solde avant",
    ending_balance="Solde après",
    paid="Payée",
    void="Annulée",
    uncollectible="Irrécouvrable",
    quote="Devis",
    quote_number="Numéro de devis",
    valid_until="Valable jusqu’au",
    prepared_for="Préparé pour",
    due_at_first="Dû au départ",
    recurring="Récurrent",
    free_trial="Essai gratuit",
    accepted="Accepté",
    canceled="Annulé",
    credit_notes="Avoirs",
    credit_note="Avoir",
    credit_note_number="Numéro d’avoir",
    credited="Montant crédité",
    taken_off_invoice="Déduit de la facture",
    refunded="Remboursé",
    credited_to_balance="Porté au solde",
    given_back_elsewhere="Remboursé autrement",
    page="Page {page} sur {pages}",
)
_SPANISH: Final = Wording(
    invoice="Factura",
    number="Número de factura",
    date_of_issue="Fecha de emisión",
    date_due="Fecha de vencimiento",
    bill_to="Facturar a",
    ship_to="Enviar a",
    description="Descripción",
    quantity="Cant.",
    unit_price="Precio unitario",
    amount="Importe",
    carried_forward="Suma y sigue",
    brought_forward="Suma anterior",
    subtotal="Subtotal",
    total="Total",
    applied_balance="Saldo aplicado",
    amount_due="Importe a pagar",
    amount_paid="Importe pagado",
    amount_remaining="Importe pendiente",
    starting_balance="Saldo anterior",
    ending_balance="Saldo posterior",
    paid="Pagada",
    void="Anulada",
    uncollectible="Incobrable",
    quote="Presupuesto",
    quote_number="Número de presupuesto",
    valid_until="Válido hasta",
    prepared_for="Preparado para",
    due_at_first="A pagar al inicio",
    recurring="Recurrente",
    free_trial="Prueba gratuita",
    accepted="Aceptado",
    canceled="Cancelado",
    credit_notes="Notas de crédito",
    credit_note="Nota de crédito",
    credit_note_number="Número de nota de crédito",
    credited="Importe abonado",
    taken_off_invoice="Descontado de la factura",
    refunded="Reembolsado",
    credited_to_balance="Abonado al saldo",
    given_back_elsewhere="Devuelto por otra vía",
    page="Página {page} de {pages}",
)
_PORTUGUESE: Final = Wording(
    invoice="Fatura",
    number="Número da fatura",
    date_of_issue="Data de emissão",
    date_due="Data de vencimento",
    bill_to="Faturar a",
    ship_to="Enviar a",
    description="Descrição",
    quantity="Qtd.",
    unit_price="Preço unitário",
    amount="Valor",
    carried_forward="A transportar",
    brought_forward="Transporte",
    subtotal="Subtotal",
    total="Total",
    applied_balance="Saldo aplicado",
    amount_due="Valor a pagar",
    amount_paid="Valor pago",
    amount_remaining="Valor em aberto",
    starting_balance="Saldo anterior",
    ending_balance="Saldo posterior",
    paid="Paga",
    void="Anulada",
    uncollectible="Incobrável",
    quote="Orçamento",
    quote_number="Número do orçamento",
    valid_until="Válido até",
    prepared_for="Preparado para",
    due_at_first="A pagar no início",
    recurring="Recorrente",
    free_trial="Teste gratuito",
    accepted="Aceito",
    canceled="Cancelado",
    credit_notes="Notas de crédito",
    credit_note="Nota de crédito",
    credit_note_number="Número da nota de crédito",
    credited="Valor creditado",
    taken_off_invoice="Descontado da fatura",
    refunded="Reembolsado",
    credited_to_balance="Creditado no saldo",
    given_back_elsewhere="Devolvido de outra forma",
    page="Página {page} de {pages}",
)
_JAPANESE: Final = Wording(
    invoice="請求書",
    number="請求書番号",
    date_of_issue="発行日",
    date_due="支払期限",
    bill_to="請求先",
    ship_to="送付先",
    description="内容",
    quantity="数量",
    unit_price="単価",
    amount="金額",
    carried_forward="次頁へ繰越",
    brought_forward="前頁より繰越",
    subtotal="小計",
    total="合計",
    applied_balance="残高充当額",
    amount_due="ご請求金額",
    amount_paid="お支払い済み金額",
    amount_remaining="未払い金額",
    starting_balance="充当前の残高",
    ending_balance="充当後の残高",
    paid="支払済",
    void="無効",
    uncollectible="回収不能",
    quote="見積書",
    quote_number="見積番号",
    valid_until="有効期限",
    prepared_for="宛先",
    due_at_first="初回お支払い額",
    recurring="継続",
    free_trial="無料試用期間",
    accepted="承諾済",
    canceled="取消",
    credit_notes="クレジットノート",
    credit_note="クレジットノート",
    credit_note_number="クレジットノート番号",
    credited="控除金額",
    taken_off_invoice="請求書から控除",
    refunded="返金額",
    credited_to_balance="残高へ充当",
    given_back_elsewhere="その他の方法で返金",
    page="{page} / {pages} ページ",
)
_DUTCH: Final = Wording(
    invoice="Factuur",
    number="Factuurnummer",
    date_of_issue="Datum",
    date_due="Vervaldatum",
    bill_to="Factuur aan",
    ship_to="Verzenden naar",
    description="Omschrijving",
    quantity="Aantal",
    unit_price="Prijs per stuk",
    amount="Bedrag",
    carried_forward="Transport",
    brought_forward="Transport",
    subtotal="Subtotaal",
    total="Totaal",
    applied_balance="Verrekend saldo",
    amount_due="Te betalen",
    amount_paid="Betaald",
    amount_remaining="Nog te betalen",
    starting_balance="Saldo vooraf",
    ending_balance="Saldo achteraf",
    paid="Betaald",
    void="Ongeldig",
    uncollectible="Oninbaar",
    quote="Offerte",
    quote_number="Offertenummer",
    valid_until="Geldig tot",
    prepared_for="Opgesteld voor",
    due_at_first="Eerst te betalen",
    recurring="Terugkerend",
    free_trial="Gratis proefperiode",
    accepted="Geaccepteerd",
    canceled="Geannuleerd",
    credit_notes="Creditnota’s",
    credit_note="Creditnota",
    credit_note_number="Creditnotanummer",
    credited="Gecrediteerd bedrag",
    taken_off_invoice="In mindering op de factuur",
    refunded="Terugbetaald",
    credited_to_balance="Bijgeschreven op het saldo",
    given_back_elsewhere="Op andere wijze terugbetaald",
    page="Pagina {page} van {pages}",
)
_ITALIAN: Final = Wording(
    invoice="Fattura",
    number="Numero fattura",
    date_of_issue="Data di emissione",
    date_due="Data di scadenza",
    bill_to="Fatturare a",
    ship_to="Spedire a",
    description="Descrizione",
    quantity="Qtà",
    unit_price="Prezzo unitario",
    amount="Importo",
    carried_forward="A riportare",
    brought_forward="Riporto",
    subtotal="Subtotale",
    total="Totale",
    applied_balance="Saldo applicato",
    amount_due="Importo dovuto",
    amount_paid="Importo pagato",
    amount_remaining="Importo residuo",
    starting_balance="Saldo precedente",
    ending_balance="Saldo successivo",
    paid="Pagata",
    void="Annullata",
    uncollectible="Inesigibile",
    quote="Preventivo",
    quote_number="Numero preventivo",
    valid_until="Valido fino al",
    prepared_for="Preparato per",
    due_at_first="Dovuto all’inizio",
    recurring="Ricorrente",
    free_trial="Prova gratuita",
    accepted="Accettato",
    canceled="Annullato",
    credit_notes="Note di credito",
    credit_note="Nota di credito",
    credit_note_number="Numero nota di credito",
    credited="Importo accreditato",
    taken_off_invoice="Detratto dalla fattura",
    refunded="Rimborsato",
    credited_to_balance="Accreditato sul saldo",
    given_back_elsewhere="Restituito altrimenti",
    page="Pagina {page} di {pages}",
)

WORDINGS: Final = {
    "en": ENGLISH,
    "de": _GERMAN,
    "fr": _FRENCH,
    "es": _SPANISH,
    "pt": _PORTUGUESE,
    "ja": _JAPANESE,
    "nl": _DUTCH,
    "it": _ITALIAN,
}
"""By the code of the language."""

OTHERWISE: Final = Locale("en", "US")


def locale_of(preferred: Iterable[str]) -> Locale:
    """The first of a customer's locales in whose language there is a wording; English as in the United States if none.

    A region that nobody has heard of is passed over: `de-XX` is German.
    """
    for text in preferred:
        language, *rest = text.replace("_", "-").split("-")
        if language.lower() in WORDINGS:
            return _known("-".join([language.lower(), *rest])) or _known(language.lower()) or OTHERWISE
    return OTHERWISE


def _known(tag: str) -> Locale | None:
    try:
        return Locale.parse(tag, sep="-")
    except (UnknownLocaleError, ValueError):
        return None
