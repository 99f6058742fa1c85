// Small files of two schemes about people who do not exist.

const HEADER = "N° adhérent;Rang;Lien;Nom;Prénoms;Sexe;Date de naissance;Né(e) vers;Localité;Commune;Région;Téléphone;" +
  "NINA;Code mutuelle;Garantie;Date d'adhésion;Ouverture des droits;Fin des droits;Statut;Date du statut;" +
  "Cotisation mensuelle (FCFA)\n";

const PEOPLE = [
  ["Bakodou", "Fangori", "14/03/1971", "71020304"],
  ["Tiwoya", "Louzesa", "02/11/1988", "72131415"],
  ["Guichapa", "Memedou", "27/07/1990", "73242526"],
  ["Ngozewo", "Baritipa", "09/01/1965", "74353637"],
  ["Yachalou", "Doufame", "30/05/1979", "75464748"],
  ["Samekori", "Woguizeti", "18/12/1983", "76575859"],
];

const row = (number, [family, given, born, phone]) =>
  `UTM-014-${String(number).padStart(7, "0")};00;ADH;${family};${given};M;${born};N;Fana;Fana;02;${phone};;014;CP;` +
  "27/01/2022;27/04/2022;17/07/2026;AJ;27/01/2022;3 850\n";

/// UTM writes windows-1252: up to U+00FF the code of a character is its byte.
const windows = (text) => Uint8Array.from([...text], (letter) => letter.charCodeAt(0));

/// The number of the first of the six, at UTM.
export const NUMBER = "UTM-014-0000001/00";

/// Six people; then `wrong` others with numbers from `since` on, all born on a day that does not exist.
export function utm(wrong, since = 100) {
  const bad = Array.from({ length: wrong }, (_, at) => {
    const number = since + at;
    return row(number, [`Ko${number}ri`, `Sa${number}me`, "31/02/1990", `7900${1000 + number}`]);
  });
  return windows(HEADER + PEOPLE.map((one, at) => row(at + 1, one)).join("") + bad.join(""));
}

/// The same people, as women: the hub has to ask.
export function canam() {
  const insured = PEOPLE.map(([family, given, born, phone], at) => {
    const number = 99900000001 + at;
    const key = String(97 - (number % 97)).padStart(2, "0");
    const day = born.split("/").reverse().join("-");
    return `<assure numImmatriculation="${number}${key}" ogd="INPS" categorie="SAL">
<identite><nom>${family.toUpperCase()}</nom><prenom>${given}</prenom><sexe>2</sexe><dateNaissance precision="jour">${day}</dateNaissance></identite>
<contact><telephone>${phone}</telephone><region code="ML-2"/><commune>Fana</commune></contact>
<droits etat="O" effetEtat="2023-10-31" immatriculation="2023-10-31" ouverture="2024-04-30" fin="2026-12-31"/>
</assure>`;
  });
  return `<?xml version="1.0" encoding="UTF-8"?>
<exportAMO xmlns="urn:example:canam:amo:2" version="2.1" organisme="CANAM" dateExtraction="2025-12-31">
${insured.join("\n")}
</exportAMO>
`;
}
