/**
 * One writing for each country, so that two of them can be compared: the code of ISO 3166-1. Who may tax what hangs on
 * whether customer and issuer are in the same one, and both have been typed freely once.
 */

export const COUNTRY_CODES: readonly string[] =
  `AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO BQ BR BS BT BV BW BY BZ
CA CC CD CF CG CH CI CK CL CM CN CO CR CU CV CW CX CY CZ DE DJ DK DM DO DZ EC EE EG EH ER ES ET FI FJ FK FM FO FR
GA GB GD GE GF GG GH GI GL GM GN GP GQ GR GS GT GU GW GY HK HM HN HR HT HU ID IE IL IM IN IO IQ IR IS IT JE JM JO JP
KE KG KH KI KM KN KP KR KW KY KZ LA LB LC LI LK LR LS LT LU LV LY MA MC MD ME MF MG MH MK ML MM MN MO MP MQ MR MS MT
MU MV MW MX MY MZ NA NC NE NF NG NI NL NO NP NR NU NZ OM PA PE PF PG PH PK PL PM PN PR PS PT PW PY QA RE RO RS RU RW
SA SB SC SD SE SG SH SI SJ SK SL SM SN SO SR SS ST SV SX SY SZ TC TD TF TG TH TJ TK TL TM TN TO TR TT TV TW TZ UA UG
UM US UY UZ VA VC VE VG VI VN VU WF WS YE YT ZA ZM ZW`.split(/\s+/);

/** Codes in use beside those of the standard: the United Kingdom's, and the one that Greece has in tax ids. */
const OTHER_CODES: Readonly<Record<string, string>> = { UK: 'GB', EL: 'GR' };

const normal = (text: string) => text.trim().toUpperCase();

let known: ReadonlyMap<string, string> | undefined;

/** By codes, and by names in the languages of the console, as they could be typed before there was a list. */
function knownWritings(): ReadonlyMap<string, string> {
  if (known !== undefined) return known;
  const writings = new Map(Object.entries(OTHER_CODES));
  for (const locale of ['en', 'de']) {
    const names = new Intl.DisplayNames([locale], { type: 'region' });
    for (const code of COUNTRY_CODES) writings.set(normal(names.of(code) ?? code), code);
  }
  for (const code of COUNTRY_CODES) writings.set(code, code);
  known = writings;
  return writings;
}

/** @returns Its code. Empty: nobody can say which one is meant. */
export function canonicalCountry(text: string): string {
  return knownWritings().get(normal(text)) ?? '';
}

/** The codes under which something of this country may be kept. Of what is no country known here, the text itself. */
export function writingsOf(text: string): string[] {
  const code = canonicalCountry(text);
  if (code === '') return [normal(text)];
  const others = Object.entries(OTHER_CODES).filter(([, standard]) => standard === code);
  return [code, ...others.map(([other]) => other)];
}
