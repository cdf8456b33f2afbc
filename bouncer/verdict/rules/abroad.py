r"""Words of some thirty European and other languages, each for one thing; phrases are combined from them.

A word for a mailbox beside a word for its absence has one meaning in every language, so that a new language needs words only, and
no phrase of its own. Endings differ by case and number, so a word matches all words that begin
with it, up to five letters longer; `\b` ends one that would begin others, `\w` stands for Turkish's dotless i.
"""

import re
import unicodedata

_UMLAUT = re.compile("(?<=[a-z]{2})[äöü]")
"""Many servers write them as two letters: ae, oe, ue."""
_ACCENTED = re.compile("(?<=[a-z]{2})[à-ž]")
"""After two plain letters only, which the index needs (needs.py)."""


_BARE = str.maketrans({"ł": "l", "ø": "o", "đ": "d"})
_TWO_LETTERS = _BARE | str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue"})
"""Plain letters for those that Unicode does not decompose, and for German umlauts."""
_SHORTEST_BARE = 6
"""Characters of the shortest word that is also taken without its accents: shorter ones are words of other languages."""


def alternatives(words: str) -> str:
    """Give the alternatives. An accented letter is a dot: many servers send it bare, or in a charset that they do not name."""
    options = _ACCENTED.sub(".", _UMLAUT.sub(".e?", words)).replace("_", " ").split(" / ")
    plain_forms = [_without_accents(option, letters) for option in options for letters in (_BARE, _TWO_LETTERS)]
    bare = [plain for plain in plain_forms if _may_be_bare(plain)]
    return f"(?:{'|'.join(dict.fromkeys((*options, *bare)))})\\w{{0,5}}"


def _without_accents(option: str, letters: dict[int, str]) -> str:
    """Give *option* with plain letters, where accents are left that no dot stands for: "nem létezik", "überfüllt"."""
    decomposed = unicodedata.normalize("NFD", option.translate(letters))
    return "".join(letter for letter in decomposed if not unicodedata.combining(letter))


def _may_be_bare(plain: str) -> bool:
    """Whether *plain* is as one would write a word of a Latin alphabet without accents, and no English words."""
    return plain.isascii() and len(plain) >= _SHORTEST_BARE and not plain.startswith("no valid")


PERSON = alternatives(
    "empfänger / nutzer / schüler / mitarbeiter / empfaenger / empfängeradresse / benutzer / adressat /"
    " teilnehmer / postfach / benutzerpostfach / empfängerpostfach / kundenpostfach / postkorb / mailfach / kennung / e-mail-konto"
    " / e-mail-adresse / mailadresse / emailadresse / adresse / utilisateur / destinataire / compte / boîte / boite"
    " / usuario / casilla(?!\\w{0,3}_de_verif) / usuário / destinatari / destinatário / dirección / direccion"
    " / cuenta / buzón / buzon / endereço"
    " / endereco / conta\\b / caixa / utente / utenza / casella / indirizzo / gebruiker / ontvanger / geadresseerde / cim\\b"
    " / adres / mailadres / emailadres / e-mailadres / postvak / användare / mottagare / adress / mottaker / modtager / bruker"
    " / bruger / vastaanottaj / käyttäj / osoit / użytkownik / uzytkownik / odbiorc / skrzynk / konto / uživatel"
    " / uzivatel / adresát / schránk / schrank / používateľ / pouzivatel / príjemca / címzett / cimzett / felhasználó"
    " / felhasznalo / postafiók / postafiok / utilizator / destinatar / adresa / contul / kullan\\wc\\w / al\\wc\\w"
    " / hesap / пользовател / получател / адресат / адрес / ящик / аккаунт / користувач / одержувач / отримувач"
    " / скриньк / потребител / корисник / korisnik / primatelj / primalac / uporabnik / prejemnik / kasutaj / saaja"
    " / lietotāj / adresāt / vartotoj / gavėj / χρήστης / παραλήπτης / διεύθυνση / pengguna / penerima / alamat"
    " / người_dùng / người_nhận / địa_chỉ / hộp_thư / tài_khoản / usuari / adreça / bústia"
    " / e-postadress / epostadress / sähköpostiosoit / cím / e-mail_cím / account / mailbox / postbus /"
    " brevlåd / postlåd / postboks / účet\\b"
    " / postkass / postilaatik / cutia / căsuț / λογαριασμ / γραμματοκιβώτιο / fiók / příjemc / prijemc / utilizador"
    " / postlåd / pósthólf / netfang / notand / viðtakand / θυρίδα / sandučić / сандуче / кутия / kotak_surat / kotak_masuk"
    " / dėžut / pastkast / postkast"
)
"""A mailbox, its address or its owner."""

ABSENT = alternatives(
    "není_znám / není_(?:\\w{1,12}_){1,3}znám / no_pertenece_a_nuestr / n'appartient_pas_à_not / non_appartiene_al_nostr"
    " / não_pertence_a_noss / não_pertence_ao_noss / gehört_nicht_zu_uns / behoort_niet_tot_on[sz] / nie_należy_do_nasz"
    " / unbekannt / nicht_bekannt / existiert_nicht / nicht_gefunden / nicht_vorhanden /"
    " besteht_nicht / ungültig / gibt_es_nicht / gibt_es_(?:\\w{1,12}_){1,3}nicht /"
    " existiert_(?:\\w{1,12}_){1,3}nicht / немає(?!_м.сц) / gibt_es_hier_nicht"
    " / nicht_existent / inconnu / introuvable / inexistant / n'existe_pas / n'est_pas_connu / n'a_pas_été_trouvé"
    " / invalide / incorrecte / desconocid / no_existe / no_encontrad / no_se_encontr / inexistent / inválid"
    " / desconhecid / não_existe / nao_existe / não_encontrad / nao_encontrad / não_foi_encontrad /"
    " nao_foi_encontrad / incorret / sconosciut"
    " / non_esiste / non_trovat / inesistente / non_valid / onbekend / bestaat_niet / niet_gevonden / ongeldig"
    " / okänd / finns_inte / hittades_inte / ogiltig / ukjent / ukendt / finnes_ikke / findes_ikke / tuntematon"
    " / ei_ole_olemassa / ei_löydy / ei_löytynyt / nieznan / nie_istnieje / nie_znaleziono / nieprawidłow / neexistuj"
    " / neznám / nenalezen / nebyl\\w?_nalezen / neexistuje / ismeretlen / nem_létez / nem_található /"
    " nu_exist / necunoscut"
    " / nu_a_fost_găsit / bilinmeyen / bulunmama / bulunmuyor / bulunamad / mevcut_değil / geçersiz /"
    " не_найден / не_существу / неизвест"
    " / несуществующ / не_зарегистрирован / недействител / не_знайден / не_існу / невідом / не_съществува / непознат"
    " / не_постоји / ne_postoji / nepoznat / ne_obstaja / neznan / ei_leitud / tundmatu / nav_atrast / nezināms"
    " / nerastas / neegzistuoja / δεν_βρέθηκε / δεν_υπάρχει / άγνωστ / tidak_ditemukan / tidak_ada / tidak_dikenal"
    " / không_tồn_tại / không_tìm_thấy / no_existeix / desconegu / nicht_existiert / n'est_pas_valide"
    " / n_existe_pas / n'est_pas_reconnu / no_se_pudo_encontrar / non_è_stato_trovat / non_è_valid / no_válid / não_é_válid"
    " / niet_bestaat / niet_herkend / inte_hitta / ikke_funnet / ikke_fundet / nie_została_odnaleziona"
    " / nu_a_fost_găsit / no_s'ha_trobat / nem_létezik / non_risulta / ne_peut_être_trouv /"
    " nicht_vergeben / nicht_ermittel / nicht_eingerichtet / falsch\\b / neplatn / ugyldig /"
    " eksisterer_ikke / virheelli"
    " / неверн / není_zde / zde_není / wurde_nicht_erkannt / kon_niet_worden_gevonden /"
    " nie_mogła_zostać_znalezion / не_удалось_найти /"
    " n'a_pu_être_trouv / nem_ismert / не_знайдено"
    " / niet_bekend / no_corresponde_a_ning / ne_correspond_à_aucun / non_corrisponde_a_nessun / não_corresponde_a_nenhum"
    " / nicht_registriert / nicht_verzeichnet / nicht_angelegt / n'est_pas_répertori / n'est_pas_enregistr / ne_figure_pas"
    " / no_figura / no_consta / no_está_registrad / non_è_present / non_e'_present / non_e_present / non_e'_valid"
    " / niet_in_gebruik / niet_meer_in_gebruik / ikke_i_bruk / ikke_i_brug / no_está_en_uso / não_está_em_uso"
    " / non_e'_stato_trovat / non_è_registrat / non_è_censit / non_figura"
    " / não_cadastrad / não_está_cadastrad / não_registrad / não_está_registrad / não_consta / não_localizad"
    " / não_foi_localizad / n'est_pas_héberg"
    " / não_foi_possível_localizar / não_foi_possível_encontrar / não_conseguimos_localizar / não_conseguimos_encontrar"
    " / inte_att_hitta / finner_ikke / fant_ikke / fandt_ikke / kunne_ikke_finne / kunne_ikke_finde / ei_voitu_löytää"
    " / не_вдалося_знайти / nie_można_znaleź / nie_można_odnaleź / nie_udało_się_znaleź / nie_udało_się_odnaleź"
    " / nie_został_znalezion / nie_została_znalezion / nie_zostało_znalezion / nie_został_odnalezion / nie_zostało_odnalezion"
    " / nelze_najít / nepodařilo_najít / nepodařilo_se_najít / nem_talál / n'avons_pas_trouvé / impossible_de_trouver"
    " / impossibile_trovare / non_è_stato_possibile_trovare / no_hemos_podido_encontrar / no_pudimos_encontrar"
    " / niet_vinden / nu_a_putut_fi_găsit / nu_am_găsit / δεν_ήταν_δυνατή_η_εύρεση"
    " / no_es_válid / no_se_encuentra_registrad / no_es_conocid / no_está_dad\\w_de_alta / non_è_conosciut / não_é_mais_válid"
    " / não_está_registad / não_é_conhecid / niet_geldig / niet_meer_geldig / nicht_mehr_gültig / nicht_mehr_in_betrieb"
    " / nie_jest_znan / niepoprawn / не_обнаружен / отсутству / не_виявлен / відсутн / är_inte_giltig"
    " / existerar_inte / är_inte_känd / er_ikke_gyldig / er_ikke_kendt / er_ikke_kjent / není_platn / nie_je_platn"
    " / gehört_niemand / n'appartient_à_personne / no_pertenece_a_nadie / non_appartiene_a_nessuno / não_pertence_a_ning"
    " / behoort_aan_niemand / nicht_mehr_in_gebrauch / nicht_mehr_aktuell / erroné / errónea / erróneo / incorrecta / incorrecto"
    " / indirizzo_errat / ya_no_se_usa / ya_no_se_utiliza / non_è_più_utilizzat / não_é_mais_utilizad / wordt_niet_meer_gebruikt"
    " / niet-bestaand"
    " / niet_geregistreerd / komt_niet_voor / nie_jest_zarejestrowan / nie_figuruje / není_registrov / не_числится"
    " / не_значится / не_зареєстрован / inte_registrera / ikke_registrer / kay\\wtl\\w_değil"
    " / er_ekki_til / er_ekki_skráð / fannst_ekki / finnst_ekki / óþekkt / nije_pronađen / nije_nađen / nisu_pronađen"
    " / nerast / ei_leia"
)
"""Words that say that the mailbox is not there."""

ROOM = alternatives(
    "postfach / benutzerpostfach / empfängerpostfach / kundenpostfach /"
    " postkorb / mailfach / posteingang / bandeja / quotum / casilla / kvot / kvót / kiintiö / cutia / postboks / mailbox /"
    " speicher / speicherplatz / speichervolumen / kontingent / quota"
    " / boîte / boite / messagerie"
    " / espace / buzón / buzon / cuota / espacio / caixa / cota / espaço / espaco / casella / spazio / postvak"
    " / postbus / inkorg / brevlåd / postlåd / postkass / innboks / indbakk / postilaatik / sähköpostilaatik"
    " / skrzynk / schránk / schrank / postafiók / postafiok / căsuț / căsuţ / casuta / kutusu / kota / ящик / квот"
    " / место / места / скриньк / kotak / hộp_thư / sandučić / predal / postkast / γραμματοκιβώτιο / bústia / pósthólf"
)
"""Words for the storage of a mailbox."""

SPENT = alternatives(
    "voll\\b / randvoll / proppenvoll / übervoll / überfüll / überschritten / overschreden / překročen / överskrid"
    " / overskred / ylit /"
    " перевищен / túllép / ueberschritten / erschöpft / plein / saturé\\b / saturée\\b / dépass / depass"
    " / insuffisant / llen / excedid / superad / agotad / insuficiente / chei / lotad / esgotad / excede / pien"
    " / débord / esaurit / épuisé / superat / insufficient / vol\\b / full\\b / fuld\\b / täynn / pełn / przepełn / zapełn"
    " / przekroczon / pln / přeplněn / preplnen / megtelt / betelt / plină / plin\\b / dolu\\b / doldu / aş\\wld"
    " / переполн / заполн / полон / превышен / недостаточно / закончил / переповнен / penuh / đầy /"
    " pun\\b / πλήρες / γεμάτ / aufgebraucht / verbraucht / depășit / depasit / fullt\\b"
)
"""Words that say that no storage is left."""

SENDER = alternatives(
    "absender / absenderadresse / absenderdomain / αποστολέ / avsändardomän / afsenderdomæn /"
    " avsenderdomen / expéditeur / expediteur / émetteur / emetteur / remitente / remetente / mittente"
    " / afzender / afzenderdomein / avsändar / avsender / afsender / lähettäj / nadawc / odesílatel / odesilatel / odosielateľ"
    " / feladó / felado / expeditor / gönderen / gonderen / отправител / відправник / подател / pošiljatelj"
    " / pengirim / người_gửi / remitent"
)
"""Words for the sender of the message."""

REFUSED = alternatives(
    "abgelehnt / nicht_berechtigt / nicht_zugelassen / nicht_erlaubt / non_autoris / no_autoriz /"
    " non_autorizz / não_autoriz"
    " / niet_toegestaan / nieuprawnion / verweigert / zurückgewiesen / blockiert / gesperrt / refusé /"
    " refuse / rejeté / rejete / bloqué"
    " / rechazad / denegad / bloquead / recusad / rejeitad / rifiutat / respint / bloccat / geweigerd / geblokkeerd"
    " / odrzucon / zablokowan / odmítnut / отклонен / отклонён / заблокирован / заблокован / відхилен /"
    " avvisat / avvist / afvist"
    " / hylätty / blocat / blokovan / blokiran / blockera / blokeret / engellen / estetty / elutasít /"
    " respins / reddedil / ditolak / απορρίφθηκ / bị_từ_chối / rebutjat"
)
"""Words that say that the message was not taken."""
