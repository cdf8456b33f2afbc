"""A mailbox is absent whatever words say which one is meant: "the requested user", "l'adresse citée", "den önskade brevlådan"."""

from itertools import product

import pytest

from bouncer.ndr.reading import Action, Kind, Original, Reading, Recipient
from bouncer.verdict.classify import classify
from bouncer.verdict.verdict import Category


def answers_not_hard(answers: list[str]) -> list[str]:
    return [words for words in answers if category_of(words) is not Category.HARD]


def category_of(words: str) -> Category:
    recipient = Recipient("jane@example.org", Action.FAILED, reply_code=550, diagnostic_code=f"550 {words}")
    reading = Reading(Kind.BOUNCE, original=Original(from_="news@example.com"), recipients=(recipient,))
    return classify(recipient, reading).category


ENGLISH = (
    ["mailbox", "user", "address", "account", "email address"],
    [
        *["the requested {}", "the named {}", "the mentioned {}", "the stated {}", "the desired {}", "the chosen {}"],
        *["the selected {}", "the submitted {}", "the designated {}", "the referenced {}", "the aforementioned {}"],
        *[
            "the above {}",
            "the {} in question",
            "the {} this message was sent to",
            "the {} your message was addressed to",
        ],
        *["the {} on this server", "the {} this mail is for", "clearly the {}", "the receiver's {}", "the quoted {}"],
    ],
    ["does not exist", "was not found", "is unknown", "no longer exists", "is not known here", "is invalid"],
)
GERMAN = (
    ["Adresse", "E-Mail-Adresse", "Empfängeradresse", "Mailbox"],
    [
        *["Die gewünschte {}", "Die angesprochene {}", "Die kontaktierte {}", "Die besagte {}", "Die erwähnte {}"],
        *["Die aufgeführte {}", "Die entsprechende {}", "Die ausgewählte {}", "Die nachstehende {}"],
    ],
    ["existiert nicht", "ist unbekannt", "wurde gelöscht", "wurde entfernt", "ist nicht mehr gültig"],
)
FRENCH = (
    ["L'adresse", "L'adresse e-mail", "La boîte mail"],
    ["{} demandée", "{} citée", "{} visée", "{} en question", "{} précitée", "{} contactée", "{} choisie"],
    ["n'existe pas", "est inconnue", "n'est plus valide", "est introuvable", "a été supprimée"],
)
SPANISH = (
    ["La dirección", "La cuenta"],
    ["{} citada", "{} facilitada", "{} consultada", "{} referida", "{} seleccionada", "{} en cuestión", "{} buscada"],
    [
        "no existe",
        "no es válida",
        "no se encuentra registrada",
        "no está dada de alta",
        "no es conocida aquí",
        "ha sido eliminada",
    ],
)
ITALIAN = (
    ["La casella", "La casella di posta"],
    ["{} citata", "{} selezionata", "{} menzionata", "{} in questione", "{} fornita", "{} digitata"],
    ["non esiste", "non è valida", "non è conosciuta", "non è stata trovata", "è stata cancellata"],
)
PORTUGUESE = (
    ["A conta", "A caixa postal"],
    ["{} solicitada", "{} especificada", "{} mencionada", "{} em questão", "{} fornecida", "{} selecionada"],
    ["não existe", "não é mais válida", "não está registada", "não é conhecida", "foi removida"],
)
DUTCH = (
    ["adres", "e-mailadres", "postvak"],
    ["Het gewenste {}", "Het gezochte {}", "Het gevraagde {}", "Het geselecteerde {}", "Het bovengenoemde {}"],
    ["bestaat niet", "is onbekend", "is niet geldig", "is verwijderd"],
)
POLISH = (
    ["adres", "adres e-mail"],
    ["Wymieniony {}", "Szukany {}", "Wybrany {}", "Określony {}", "Powyższy {}", "Dany {}"],
    ["nie istnieje", "nie jest znany", "jest niepoprawny", "nie został znaleziony"],
)
RUSSIAN = (
    ["адрес", "почтовый ящик", "пользователь"],
    ["Искомый {}", "Вышеуказанный {}", "Требуемый {}", "Выбранный {}", "Нужный {}", "Упомянутый {}"],
    ["не существует", "не найден", "не обнаружен", "отсутствует", "неизвестен"],
)
SWEDISH = (
    ["adressen", "brevlådan", "postlådan"],
    ["Den efterfrågade {}", "Den önskade {}", "Den nämnda {}", "Den valda {}", "Den aktuella {}", "Den sökta {}"],
    ["finns inte", "är okänd", "hittades inte", "existerar inte", "är inte giltig", "har tagits bort"],
)
DANISH = (
    ["adresse", "postkasse"],
    ["Den ønskede {}", "Den nævnte {}", "Den valgte {}", "Den pågældende {}", "Den oplyste {}"],
    ["findes ikke", "er ukendt", "er ikke gyldig", "er ikke kendt her"],
)
CZECH = (
    ["adresa", "schránka"],
    ["Požadovaná {}", "Zmíněná {}", "Vybraná {}", "Hledaná {}", "Dotyčná {}"],
    ["neexistuje", "není známa", "nebyla nalezena", "je neplatná"],
)
LANGUAGES = {
    "English": ENGLISH,
    "German": GERMAN,
    "French": FRENCH,
    "Spanish": SPANISH,
    "Italian": ITALIAN,
    "Portuguese": PORTUGUESE,
    "Dutch": DUTCH,
    "Polish": POLISH,
    "Russian": RUSSIAN,
    "Swedish": SWEDISH,
    "Danish": DANISH,
    "Czech": CZECH,
}
"""For each language: nouns for a mailbox, words that say which one is meant, and statements that it is absent."""


@pytest.mark.parametrize("language", sorted(LANGUAGES))
def test_a_mailbox_is_absent_whatever_words_say_which_one_is_meant(language: str):
    nouns, names, statements = LANGUAGES[language]
    answers = [f"{name.format(noun)} {statement}" for noun, name, statement in product(nouns, names, statements)]

    assert answers_not_hard(answers) == []


CONSTRUCTIONS = [
    "no mailbox jane",
    "no entry for user jane",
    "the directory has no entry for this mailbox",
    "there has never been an account jane here",
    "nobody has the mailbox jane here",
    "nothing known about recipient jane",
    "user lookup: no match",
    "mailbox not in ldap",
    "the address is missing from our database",
    "the account matches no user",
    "the user appears not to exist",
    "the mailbox is not available any more",
    "this address is dead",
    "No mailbox corresponds to the address you supplied",
    "The account linked to this address no longer exists",
    "The mailbox behind this address was deleted",
    "Recipient lookup yielded no results",
    "jane@example.org = unknown",
    "jane@example.org ceased to exist on 1 May",
    "The user is deceased",
    "mail to a user that does not exist",
    "your message was sent to a mailbox that does not exist",
]


CONSTRUCTIONS_ABROAD = [
    "Wir konnten den Empfänger nicht finden",
    "Der Server kennt den Empfänger nicht",
    "Die Adresse gehört niemandem",
    "Nicht existierendes Postfach",
    "Diese Adresse ist nicht mehr in Gebrauch",
    "Die Adresse ist erloschen",
    "Leider wurde kein passendes Postfach gefunden",
    "Die Nachricht wurde abgelehnt, weil es den Empfänger nicht gibt",
    "Aucun destinataire correspondant",
    "Pas de compte jane",
    "Ce serveur ne connaît pas l'utilisateur jane",
    "Cette adresse n'appartient à personne",
    "Adresse erronée",
    "Le message a été rejeté parce que la boîte n'existe pas",
    "No conocemos a este usuario",
    "El servidor no conoce a este destinatario",
    "No se ha podido encontrar la dirección",
    "Esta dirección ya no se usa",
    "Non abbiamo trovato il destinatario",
    "Il server non conosce questo destinatario",
    "Questo indirizzo non è più utilizzato",
    "Não encontramos o destinatário",
    "Este endereço não é mais utilizado",
    "Wij kennen deze ontvanger niet",
    "Niet-bestaand adres",
    "Dit adres wordt niet meer gebruikt",
    "não existe tal destinatário",
    "ei löydy tällaista käyttäjää",
    "finns inte någon sådan användare",
    "메일함이 존재하지 않습니다",
]


def test_constructions_of_other_languages_say_the_same():
    assert answers_not_hard(CONSTRUCTIONS_ABROAD) == []


def test_rare_constructions_say_the_same():
    assert answers_not_hard(CONSTRUCTIONS) == []


OTHERS = [
    "the requested service does not exist",
    "the above attachment was not found",
    "the mailbox rule in question does not exist",
    "no entry for this user in the access table",
    "the folder in question no longer exists",
    "your message was sent to a printer that does not exist",
    "the pattern matches no user",
    "the selected plan of this user does not exist",
    "la dirección IP citada no existe",
    "Das besagte Verzeichnis des Benutzers existiert nicht",
    "Le dossier demandé de l'utilisateur n'existe pas",
    "Папка требуемого пользователя не найдена",
    "Den önskade mappen finns inte",
    "Nie znaleziono danych użytkownika",
    "Nebyla nalezena data uživatele",
    "Wir kennen diese Adresse nicht als Absender",
    "Nous ne connaissons pas cette adresse d'expéditeur",
    "No conocemos esta dirección de remitente",
    "Wir konnten die Domain des Absenders nicht finden",
]


def test_words_that_say_which_thing_is_meant_make_no_mailbox_of_it():
    assert answers_not_hard(OTHERS) == OTHERS
