"""Tax ids of customers: their types, named as Stripe names them, and the check of a number by its type.

Form and check digits are checked by python-stdnum; whether the authority knows the number is not asked.
"""

import re
from dataclasses import dataclass
from enum import StrEnum
from importlib import import_module
from types import MappingProxyType
from typing import Final

from stdnum.exceptions import ValidationError

from domain.errors import DomainError, ErrorCode


class TaxIdType(StrEnum):
    """The kinds of tax ids that can be checked; the first two letters are the country, or `eu`."""

    AD_NRT = "ad_nrt"
    AL_TIN = "al_tin"
    AR_CUIT = "ar_cuit"
    AU_ABN = "au_abn"
    AU_ACN = "au_acn"
    BR_CNPJ = "br_cnpj"
    BR_CPF = "br_cpf"
    BY_TIN = "by_tin"
    CA_BN = "ca_bn"
    CA_GST_HST = "ca_gst_hst"
    CH_UID = "ch_uid"
    CH_VAT = "ch_vat"
    CL_TIN = "cl_tin"
    CN_TIN = "cn_tin"
    CO_NIT = "co_nit"
    DE_STN = "de_stn"
    DO_RCN = "do_rcn"
    EC_RUC = "ec_ruc"
    ES_CIF = "es_cif"
    EU_OSS_VAT = "eu_oss_vat"
    EU_VAT = "eu_vat"
    FR_SIREN = "fr_siren"
    FR_SIRET = "fr_siret"
    GB_VAT = "gb_vat"
    GH_TIN = "gh_tin"
    HR_OIB = "hr_oib"
    ID_NPWP = "id_npwp"
    IL_VAT = "il_vat"
    IN_GST = "in_gst"
    IS_KT = "is_kt"
    IS_VAT = "is_vat"
    IT_CF = "it_cf"
    JP_CN = "jp_cn"
    JP_TRN = "jp_trn"
    KE_PIN = "ke_pin"
    KR_BRN = "kr_brn"
    ME_PIB = "me_pib"
    MK_VAT = "mk_vat"
    MX_RFC = "mx_rfc"
    MZ_NUIT = "mz_nuit"
    NO_VAT = "no_vat"
    NZ_GST = "nz_gst"
    PE_RUC = "pe_ruc"
    PL_NIP = "pl_nip"
    PT_NIF = "pt_nif"
    PY_RUC = "py_ruc"
    RS_PIB = "rs_pib"
    RU_INN = "ru_inn"
    SG_GST = "sg_gst"
    SG_UEN = "sg_uen"
    SI_TIN = "si_tin"
    SM_COE = "sm_coe"
    SN_NINEA = "sn_ninea"
    SV_NIT = "sv_nit"
    TH_VAT = "th_vat"
    TR_TIN = "tr_tin"
    TW_VAT = "tw_vat"
    US_EIN = "us_ein"
    UY_RUC = "uy_ruc"
    VE_RIF = "ve_rif"
    VN_TIN = "vn_tin"
    ZA_VAT = "za_vat"


class TaxIdVerificationStatus(StrEnum):
    """What an authority said of a number whose form and check digits are right."""

    UNAVAILABLE = "unavailable"


@dataclass(frozen=True, slots=True)
class _Check:
    """How a type is checked: by a module of python-stdnum, by a form of its compact text, or both.

    `prefix` belongs to the compact text although the module knows the number without it.
    """

    module: str | None
    prefix: str = ""
    form: str | None = None


_T = TaxIdType
_CHECKS: Final = MappingProxyType({
    _T.AD_NRT: _Check("ad.nrt"),
    _T.AL_TIN: _Check("al.nipt"),
    _T.AR_CUIT: _Check("ar.cuit"),
    _T.AU_ABN: _Check("au.abn"),
    _T.AU_ACN: _Check("au.acn"),
    _T.BR_CNPJ: _Check("br.cnpj"),
    _T.BR_CPF: _Check("br.cpf"),
    _T.BY_TIN: _Check("by.unp"),
    _T.CA_BN: _Check("ca.bn", form=r"\d{9}"),
    _T.CA_GST_HST: _Check("ca.bn", form=r"\d{9}RT\d{4}"),
    _T.CH_UID: _Check("ch.uid"),
    _T.CH_VAT: _Check("ch.vat"),
    _T.CL_TIN: _Check("cl.rut"),
    _T.CN_TIN: _Check("cn.uscc"),
    _T.CO_NIT: _Check("co.nit"),
    _T.DE_STN: _Check("de.stnr"),
    _T.DO_RCN: _Check("do.rnc"),
    _T.EC_RUC: _Check("ec.ruc"),
    _T.ES_CIF: _Check("es.cif"),
    _T.EU_OSS_VAT: _Check("eu.oss"),
    _T.EU_VAT: _Check("eu.vat", form="(?!EU|IM).+"),
    _T.FR_SIREN: _Check("fr.siren"),
    _T.FR_SIRET: _Check("fr.siret"),
    _T.GB_VAT: _Check("gb.vat", prefix="GB"),
    _T.GH_TIN: _Check("gh.tin"),
    _T.HR_OIB: _Check("hr.oib"),
    _T.ID_NPWP: _Check("id.npwp"),
    _T.IL_VAT: _Check("il.hp"),
    _T.IN_GST: _Check("in_.gstin"),
    _T.IS_KT: _Check("is_.kennitala"),
    _T.IS_VAT: _Check("is_.vsk"),
    _T.IT_CF: _Check("it.codicefiscale"),
    _T.JP_CN: _Check("jp.cn"),
    _T.JP_TRN: _Check("jp.cn", prefix="T"),
    _T.KE_PIN: _Check("ke.pin"),
    _T.KR_BRN: _Check("kr.brn"),
    _T.ME_PIB: _Check("me.pib"),
    _T.MK_VAT: _Check("mk.edb", prefix="MK"),
    _T.MX_RFC: _Check("mx.rfc"),
    _T.MZ_NUIT: _Check("mz.nuit"),
    _T.NO_VAT: _Check("no.mva"),
    _T.NZ_GST: _Check("nz.ird"),
    _T.PE_RUC: _Check("pe.ruc"),
    _T.PL_NIP: _Check("pl.nip"),
    _T.PT_NIF: _Check("pt.nif"),
    _T.PY_RUC: _Check("py.ruc"),
    _T.RS_PIB: _Check("rs.pib"),
    _T.RU_INN: _Check("ru.inn"),
    _T.SG_GST: _Check(None, form=r"M[A-Z0-9]\d{7}[A-Z]"),
    _T.SG_UEN: _Check("sg.uen"),
    _T.SI_TIN: _Check("si.ddv"),
    _T.SM_COE: _Check("sm.coe"),
    _T.SN_NINEA: _Check("sn.ninea"),
    _T.SV_NIT: _Check("sv.nit"),
    _T.TH_VAT: _Check("th.tin"),
    _T.TR_TIN: _Check("tr.vkn"),
    _T.TW_VAT: _Check("tw.ubn"),
    _T.US_EIN: _Check("us.ein"),
    _T.UY_RUC: _Check("uy.rut"),
    _T.VE_RIF: _Check("ve.rif"),
    _T.VN_TIN: _Check("vn.mst"),
    # The number of 10 digits that begins with 4 is for VAT alone; python-stdnum knows the income tax number.
    _T.ZA_VAT: _Check(None, form=r"4\d{9}"),
})  # fmt: skip

_VAT_COUNTRIES: Final = {"EL": "GR", "XI": "GB"}
"""Where the letters of a VAT number are not the country's code."""


def validated_tax_id(type_: TaxIdType, value: str, param: str | tuple[str, ...] = "value") -> str:
    """The number in its compact form, without blanks and separators. Refuses what cannot be a number of the type."""
    check = _CHECKS[type_]
    number = re.sub(r"[\s.\-/]", "", value).upper() if check.module is None else value.strip().upper()
    try:
        compact = _compact(check, number)
    except ValidationError as reason:
        raise _refusal(type_, value, str(reason), param) from None
    if check.form and not re.fullmatch(check.form, compact, re.ASCII):
        raise _refusal(type_, value, "The number has another form.", param)
    return compact


def tax_id_country(type_: TaxIdType, value: str) -> str | None:
    """The ISO country of a compact tax id: the type's, or for `eu_vat` the number's; none for the one-stop shop."""
    if type_ is TaxIdType.EU_OSS_VAT:
        return None
    letters = value[:2] if type_ is TaxIdType.EU_VAT else type_.value[:2].upper()
    return _VAT_COUNTRIES.get(letters, letters)


def _compact(check: _Check, number: str) -> str:
    """What python-stdnum makes of a number, with the prefix of its type."""
    if check.module is None:
        return number
    # The modules are many and a customer needs one: each is loaded when the first number of its type comes.
    module = import_module(f"stdnum.{check.module}")
    return check.prefix + str(module.validate(number.removeprefix(check.prefix)))


def _refusal(type_: TaxIdType, value: str, reason: str, param: str | tuple[str, ...]) -> DomainError:
    return DomainError(ErrorCode.TAX_ID_INVALID, f"'{value}' is not a valid {type_}. {reason}", param)
