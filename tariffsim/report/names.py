"""Names for readers: economies, HS chapters, slugs and parameters in plain words; knows no number.

Chapter names are short ones of our own; the official headings are those of the Harmonized System.
"""

import re

from tariffsim.terms import Product

ECONOMIES = {
    "ARE": "United Arab Emirates",
    "ARG": "Argentina",
    "AUS": "Australia",
    "AUT": "Austria",
    "BEL": "Belgium",
    "BGD": "Bangladesh",
    "BRA": "Brazil",
    "CAN": "Canada",
    "CHE": "Switzerland",
    "CHL": "Chile",
    "CHN": "China",
    "COL": "Colombia",
    "CZE": "Czechia",
    "DEU": "Germany",
    "DNK": "Denmark",
    "EGY": "Egypt",
    "ESP": "Spain",
    "EU27": "European Union",
    "FIN": "Finland",
    "FRA": "France",
    "GBR": "United Kingdom",
    "GRC": "Greece",
    "HKG": "Hong Kong",
    "HUN": "Hungary",
    "IDN": "Indonesia",
    "IND": "India",
    "IRL": "Ireland",
    "ISR": "Israel",
    "ITA": "Italy",
    "JPN": "Japan",
    "KHM": "Cambodia",
    "KOR": "Korea",
    "LKA": "Sri Lanka",
    "MAC": "Macao",
    "MEX": "Mexico",
    "MYS": "Malaysia",
    "NGA": "Nigeria",
    "NLD": "Netherlands",
    "NOR": "Norway",
    "NZL": "New Zealand",
    "PAK": "Pakistan",
    "PER": "Peru",
    "PHL": "Philippines",
    "POL": "Poland",
    "PRT": "Portugal",
    "ROU": "Romania",
    "ROW": "rest of the world",
    "RUS": "Russia",
    "SAU": "Saudi Arabia",
    "SGP": "Singapore",
    "SVK": "Slovakia",
    "SWE": "Sweden",
    "THA": "Thailand",
    "TUR": "Türkiye",
    "TWN": "Taiwan",
    "UKR": "Ukraine",
    "USA": "United States",
    "VNM": "Viet Nam",
    "WLD": "the world",
    "ZAF": "South Africa",
}
_CHAPTERS = """
live animals|meat|fish and seafood|dairy, eggs, honey|other animal products|plants, flowers|
vegetables|fruit and nuts|coffee, tea, spices|cereals|flour and malt|oilseeds|
gums and resins|plaiting materials|fats and oils|meat and fish, prepared|sugar|cocoa|
bakery goods|vegetables, prepared|other foods|drinks|feed and residues|tobacco|
salt, stone, cement|ores|fuels|inorganic chemicals|organic chemicals|medicines|fertiliser|
dyes and paints|cosmetics|soap|starches and glues|explosives|photographic goods|
other chemicals|plastics|rubber|hides, leather|leather goods|furs|wood|cork|straw goods|
pulp|paper|books and print|silk|wool|cotton|other plant fibres|man-made filaments|
man-made staple fibres|felt, rope|carpets|special fabrics|coated fabrics|knitted fabrics|
knitted clothing|other clothing|other textiles|footwear|hats|umbrellas|feathers, wigs|
stone goods|ceramics|glass|jewels, gold|iron and steel|steel goods|copper|nickel|aluminium||
lead|zinc|tin|other base metals|tools|metal goods|machinery|electrical goods|railway goods|
cars, trucks, parts|aircraft|ships|instruments|clocks|musical instruments|arms|furniture|
toys, sports goods|other manufactures|art|"""
CHAPTERS = {
    f"{number:02d}": name
    for number, name in enumerate(_CHAPTERS.replace("\n", "").split("|"), start=1)
    if name
}
_WITH_ARTICLE = {"ARE", "EU27", "GBR", "NLD", "PHL", "ROW", "USA"}
_ACRONYMS = {"ieepa", "cn", "us", "eu", "mfn", "hs", "wto", "usa", "chn"}
OF_LICENCES = ("approval", "delay")
_CODE = re.compile(r"\b(EU27|[A-Z]{3})\b")


def economy(code: str) -> str:
    """Name an economy; a code without a name stands for itself.

    Examples
    --------
    >>> economy("CAN"), economy("ABW")
    ('Canada', 'ABW')
    """
    return ECONOMIES.get(code, code)


def the(code: str) -> str:
    """Name an economy as it stands within a sentence.

    Examples
    --------
    >>> the("USA"), the("CAN")
    ('the United States', 'Canada')
    """
    name = economy(code)
    return f"the {name}" if code in _WITH_ARTICLE else name


def spelled(text: str) -> str:
    """Write the codes of economies in a label out.

    Examples
    --------
    >>> spelled("USA imports from CHN")
    'United States imports from China'
    """
    named = _CODE.sub(lambda match: economy(match[1]), text)
    return named[:1].upper() + named[1:]


def words(slug: str) -> str:
    """Write a slug or a parameter's name as words.

    Examples
    --------
    >>> words("section-301"), words("ieepa-fentanyl"), words("importer_reliance")
    ('Section 301', 'IEEPA fentanyl', 'Importer reliance')
    """
    parts = re.split(r"[-_]", slug)
    text = " ".join(part.upper() if part in _ACRONYMS else part for part in parts)
    return text[:1].upper() + text[1:]


def driver(name: str) -> str:
    """Name an uncertain input: a parameter, or one of a controlled input and its industries.

    Examples
    --------
    >>> driver("rare-earth-magnets.approval"), driver("years_to_long_run")
    ('Approval of rare earth magnets licences', 'Years to long run')
    >>> driver("rare-earth-magnets.stock"), driver("rare-earth-magnets.vehicles.input_share")
    ('Stock of rare earth magnets', 'Input share of vehicles, rare earth magnets')
    """
    thing, _, rest = name.partition(".")
    if not rest:
        return words(name)
    who, _, what = rest.rpartition(".")
    material = " ".join(thing.split("-"))
    if what in OF_LICENCES:
        return f"{words(what)} of {material} licences"
    return f"{words(what)} of " + (f"{' '.join(who.split('-'))}, {material}" if who else material)


def goods(code: Product | str) -> str:
    """Name a product by its code and its chapter.

    Examples
    --------
    >>> goods("85"), goods("1514"), goods("77")
    ('85 electrical goods', '1514 fats and oils', '77')
    """
    name = CHAPTERS.get(code[:2], "")
    return f"{code} {name}".rstrip()
