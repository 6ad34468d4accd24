"""Who works out the tax of an invoice from where its customer is: calculators, of which a server has one."""

from gateways.tax.embedded import EmbeddedCalculator
from gateways.tax.protocol import Assessed, Levy, TaxCalculator, TaxQuestion

__all__ = ["Assessed", "EmbeddedCalculator", "Levy", "TaxCalculator", "TaxQuestion"]
