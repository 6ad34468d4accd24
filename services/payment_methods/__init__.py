"""Payment methods: cards that customers pay with.

methods          making, attaching, detaching; which one an input names
cards            cards as they come in
sandbox_scripts  outcomes that a tester wrote for the next charges
setup_intents    getting a card ready for charges with the customer away
client_secrets   what a page holds of one intent
cloning          copies of a platform's customers and cards on its accounts
"""

from services.payment_methods.cards import BillingDetails, CardChange, CardWords, Expiry, NewCard, sandbox_cards
from services.payment_methods.client_secrets import new_client_secret, secret_fits
from services.payment_methods.methods import PaymentMethods, Usage, detach_all_of
from services.payment_methods.sandbox_scripts import SandboxScripts
from services.payment_methods.setup_intents import SETUP_HANDLER, NewSetupIntent, SetupIntents, SetupIntentSearch

__all__ = [
    "SETUP_HANDLER",
    "BillingDetails",
    "CardChange",
    "CardWords",
    "Expiry",
    "NewCard",
    "NewSetupIntent",
    "PaymentMethods",
    "SandboxScripts",
    "SetupIntentSearch",
    "SetupIntents",
    "Usage",
    "detach_all_of",
    "new_client_secret",
    "sandbox_cards",
    "secret_fits",
]
