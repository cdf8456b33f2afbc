# ruff: noqa: RUF001 -- words of languages whose letters look like others
"""Sentences in the first person that end a subscription: set phrases, and a verb of removal with what is to be removed.

The two parts stand in one clause, in either order: "take our address off your list", "bitte streichen Sie mich aus dem Verteiler".
"""

import re

from bouncer.ndr import phrases

_FIRST_PERSON = phrases.split_phrases(
    """
    unsubscribe me | cancel my subscription | end my subscription | mein abonnement kündigen | annuler mon abonnement |
    annulez mon abonnement | cancelar mi suscripción | cancelen mi suscripción | remove me from |
    remove me please | please remove me | take me off | take my name off | take my address off | take us off |
    remove my e-mail | remove my email |
    remove my address | remove my name | delete my address | delete me from | opt me out | i want to
    unsubscribe | i wish to unsubscribe | i would like to unsubscribe | i'd like to unsubscribe | stop sending me |
    stop emailing me | stop mailing me | do not send me | don't send me | do not want to receive | don't want to
    receive | no longer wish to receive | no longer want to receive | melden sie mich | meldet mich | mich abmelden
    | mich abzumelden | mich austragen | tragen sie mich | streichen sie mich | nehmen sie mich | löschen sie mich |
    bitte abmelden | bitte um abmeldung | keine werbung mehr | me désinscrire | me désabonner |
    désinscrivez-moi | désabonnez-moi | retirez-moi |
    supprimez-moi | retirer mon adresse | supprimer mon adresse | ne plus recevoir | veux plus recevoir | souhaite plus
    recevoir | désire plus recevoir | darme de baja | denme de baja |
    dame de baja | darnos de baja | quiero darme | bórrenme | borrarme | eliminarme | elimínenme | no deseo recibir
    | no quiero recibir | descadastre-me | remova-me | me remov | retirem meu | me descadastr | não quero mais
    receber | não desejo mais receber | cancelar minha inscri | cancellatemi | cancellarmi | disiscrivermi |
    disiscrivetemi | rimuovetemi | rimuovermi | toglietemi | non voglio più ricevere | non desidero più ricevere |
    schrijf mij uit | mij uitschrijven | mij uit te schrijven | haal mij van | meld mij af | mij af te melden | geen
    mails meer | wypisanie mnie | wypisać mnie | mnie wypisać | wypiszcie mnie | usunięcie mnie | usunąć mnie | nie
    chcę otrzymywać | nie życzę sobie | avregistrera mig | ta bort mig | stryk mig | afmeld mig | frameld mig |
    fjern mig | fjern meg | meld meg av | slett meg | poistakaa minut | peruuttaa tilau | odhlaste mě | odhlaste mne
    | odhlásit mě | vyřaďte mě | iratkozzam le | töröljenek | leiratkozni | dezabonați-mă | dezabonati-ma |
    ștergeți-mă | отпишите меня | удалите меня | уберите меня | исключите меня | не хочу получать | больше не
    присылайте | не присылайте мне | видаліть мене | відпишіть мене | beni listeden | listenizden ç\u0131kar | mail
    almak istemiyorum | 配信を停止して | 配信停止をお願い | 请将我 | 請將我 | 不要再发 | 수신을 거부
    """
)
"""Sentences in which the writer says that he wants no more mail."""
_REMOVES = re.compile(
    r"\b(?:remove|delete|erase|drop|strike|take|exclude|unsubscribe|opt|unlist) (?:me|us|(?:my|our"
    r"|this) (?:\S{1,12} ){0,2}?"
    r"(?:e-?mail|address(?:es)?|name|account|details))\b"
    r"|(?<!\bto )(?<!\bwe )(?<!\bi )\bstop (?:sending|e-?mailing|mailing|spamming|writing) (?:me|us|to me|to us"
    r"|this address|your)\b"
    r"|\b(?:like|want|wish|ask|request|wanted) to be (?:removed|taken off|deleted|unsubscribed)\b"
    r"|\b(?:make sure|ensure) (?:that )?(?:i am|i'm|we are|we're) (?:removed|taken off|deleted|unsubscribed)\b"
    r"|\b(?:unsubscribe|remove|delete|melden sie|tragen sie|streichen sie|l(?:ö|oe)schen sie|entfernen sie"
    r"|désinscrire|désabonner|supprimer"
    r"|retirer|eliminar|borrar|remover|cancellare|rimuovere|verwijder|usunąć|wypisać) [^,;:]{0,20}\bown-address\b"
    r"|\bown-address\b[^,;:]{0,30} (?:abmelden|austragen|l(?:ö|oe)schen|streichen|entfernen|verwijderen|uitschrijven)\b"
    r"|\b(?:mich|uns|meine (?:\S{1,20} )?(?:adresse|mailadresse|e-mail-adresse|daten)"
    r"|unsere (?:\S{1,20} )?adresse)\b[^,;:]{0,60}"
    r"\b(?:zu streichen|zu l(?:ö|oe)schen|zu entfernen|auszutragen|austragen|abmelden|abzumelden|herauszunehmen"
    r"|(?:aus|von) [^,;:]{0,30}(?:verteiler|liste|datenbank|kartei)\S{0,2} (?:zu )?(?:nehmen|streichen|l(?:ö|oe)schen"
    r"|entfernen))\b"
    r"|\b(?:nehmen|streichen|l(?:ö|oe)schen|entfernen) sie (?:doch |bitte |umgehend |sofort ){0,3}(?:mich|uns|meine"
    r"|unsere|diese)\b"
    r"|\b(?:nehmt|nimm|streicht|streich|l(?:ö|oe)scht|entfernt) (?:doch |bitte ){0,2}(?:mich|uns|meine|unsere)\b"
    r"|\b(?:tragen|melden) sie (?:doch |bitte ){0,2}(?:mich|uns|meine|unsere)\b[^,;:]{0,60} (?:ab|aus)\b"
    r"|\bbitte um (?:die )?(?:l(?:ö|oe)schung|austragung|abmeldung|streichung|entfernung)\b"
    r"|\b(?:me|nous) (?:retirer|supprimer|désinscrire|désabonner|enlever|radier)\b"
    r"|\b(?:retir|supprim|enlev|effac|radi|désinscri|désabonn)\w{1,4}[ -](?:moi|nous|mon (?:adresse|e-?mail|nom)"
    r"|notre adresse)\b"
    r"|\bne (?:plus m'(?:envoyer|adresser|écrire)|m'envoyez plus|plus nous (?:envoyer|écrire))\b"
    r"|\b(?:arrêtez|cessez|arrêter|cesser) de m'(?:envoyer|écrire)\b"
    r"|\b(?:elimin|borr|quit|retir|saqu|remuev|suprim)\w{1,4} (?:mi|nuestr[ao]) (?:correo|dirección|e-?mail|cuenta"
    r"|nombre)\b"
    r"|\b(?:elimíne|bórre|quíte|sáque|retíre)\w{0,2}(?:me|nos)\b|\bno (?:me|nos) (?:envíen?|manden?|escriban?) más\b"
    r"|\b(?:remov|retir|exclu|elimin|apagu|tir)\w{1,4} (?:o )?(?:meu|nosso|minha) (?:e-?mail|endereço|nome|conta)\b"
    r"|\bnão (?:me )?(?:enviem|mandem) mais\b|\bparem de (?:me )?(?:enviar|mandar)\b"
    r"|\b(?:rimuov|cancell|elimin|togli|tolg)\w{1,4} (?:il )?(?:mio|nostro) (?:indirizzo|e-?mail|nominativo)\b"
    r"|\bnon (?:inviatemi|mandatemi|speditemi) più\b"
    r"|\b(?:verwijder|haal|schrap|schrijf|meld) (?:mij|me|ons|mijn (?:e-?mail)?adres)\b"
    r"|\b(?:mij|me|mijn (?:e-?mail)?adres) (?:te )?(?:verwijderen|uitschrijven|schrappen|afmelden)\b"
    r"|\b(?:usun|wypis|skreśl|wykreśl)\w{1,6} (?:mnie|mój adres|mojego adresu|nasz adres|naszego adresu)\b"
    r"|\b(?:nie wysyłajcie|nie przysyłajcie|nie wysyłać|nie przysyłać|przestańcie) (?:mi |do mnie |nam |już |więcej )"
    r"|\b(?:ta bort|stryk|avregistrera|fjern|slett|frameld|afmeld) (?:mig|meg|oss|os|min(?:e|a)? (?:e-?post|e-?mail"
    r"|mail)?adress\w{0,2})\b"
    r"|\b(?:vymaž|odstraň|vyřaď|smaž|odhlas|vyraď|odhlás)\w{0,4} (?:mě|mne|mou|moji|můj|ma|môj|moju|moju)\b"
    r"|\b(?:neposílejte|nezasílejte|neposielajte) (?:mi|nám|mi už)\b"
    r"|\btöröljék (?:az )?(?:e-?mail )?cím|\bne küldjenek (?:több|nekem)\b"
    r"|\b(?:ștergeți|stergeti|scoateți|scoateti|eliminați|eliminati)(?:-mă|-ma| adresa (?:mea|noastră))\b"
    r"|\bsă mă dezabona\w{0,4}|\bo (?:vyradenie|vymazanie|odhlásenie|vyřazení|vymazání|odhlášení) (?:z|ze)\b"
    r"|\b(?:удалите|уберите|исключите|вычеркните|отпишите) (?:меня|нас|мо[йю]|наш\w?)\b"
    r"|\b(?:видаліть|приберіть|виключіть) (?:мене|нас|мою|мій)\b"
    r"|\b(?:beni|adresimi|e-posta adresimi) [^,;:]{0,40}(?:ç\u0131kar|silin|sil\b)"
)
"""A verb and its object, in lower case with single blanks; the thing that is left may follow."""
_NO_MORE = re.compile(
    r"\b(?:don't|do not) (?:want|need|wish for) any more (?:of (?:your|these|those|this) )?(?:e-?mails?|mails?"
    r"|newsletters?|messages|spam)\b"
    r"|\b(?:want|send me|send us) no more (?:of (?:your|these) )?(?:e-?mails?|mails?|newsletters?|messages|spam)\b"
    r"|^\W{0,3}(?:please,? )?no more (?:of (?:your|these) )?(?:e-?mails?|mails?|newsletters?|messages"
    r"|spam)(?:,? (?:please|thanks|thank you))?[.!]{0,3}$"
    r"|\bno longer (?:wish|want) to (?:be contacted|get (?:your|these|any|the))\b"
    r"|\b(?:bitte|will|möchte|moechte|wünsche|wollen|möchten|senden sie mir|schicken sie mir) (?:bitte |ich "
    r"|wir )?(?:ab sofort )?"
    r"keinen? (?:weiteren? )?(?:newsletter|mails|e-mails|emails|werbe-?mails|nachrichten|werbung)\b"
    r"|^\W{0,3}(?:bitte )?keinen? (?:weiteren? )?(?:newsletter|mails|e-mails|emails|werbe-?mails"
    r"|nachrichten)(?: mehr)?(?:,? bitte)?[.!]{0,3}$"
    r"|\b(?:den |ihren |euren |diesen )?newsletter (?:bitte )?(?:abbestellen|kündigen)\b"
    r"|\bbestelle (?:ich )?(?:hiermit )?(?:den|ihren|euren|diesen) newsletter ab\b"
    r"|\b(?:wil|wens|willen) [^,;:]{0,40}(?:nieuwsbrie|mail|bericht)\w{0,4} (?:niet meer|meer) (?:ontvangen|krijgen)"
    r"|^\W{0,3}graag uitschrijven\b|\bstuur (?:mij|me|ons) (?:a\.?u\.?b\.? )?geen [^,;:]{0,20}meer\b"
    r"|\bvill inte (?:längre )?(?:ha|få) (?:fler |några |era |mer )?(?:mejl|mail|nyhetsbrev|utskick)"
    r"|\bønsker (?:ikke|ingen) (?:flere |længere |lenger |at modtage |å motta ){0,3}(?:nyhe[dt]sbrev|mails?|e-?post)"
    r"|\ben halua (?:enää )?(?:\S{1,20} )?(?:uutiskirje|sähköposti|viestejä)"
    r"|\bnon (?:desidero|voglio) (?:più )?ricevere (?:altre|ulteriori|le vostre|i vostri|la vostra)\b"
    r"|\bnão (?:quero|desejo) (?:mais )?receber (?:mais|seus|suas|vossos|estes|os seus)\b"
    r"|\bne (?:souhaite|désire|veux) plus (?:vos|de vos|recevoir)\b|\bnu-mi mai trimite"
    r"|\bне (?:присылайте|отправляйте|шлите|надсилайте)\b[^,;:]{0,30}(?:пис|рассыл|розсил|почт|пошт|лист)"
    r"|\bпрекратите (?:при|рас)сыл"
    r"|\bme (?:deis|den|dé|dar) de baja\b|\bαπεγγραφή|\bδιαγράψτε με\b|(?:메일|이메일)[^,]{0,10}보내지 마|구독(?:을)? (?:취소|해지)"
    r"|配信(?:を)?(?:停止|解除)(?:して|を|お)|メールを送らないで|リストから(?:外|削除)して|(?:请|請)?(?:不要|勿|别"
    r"|別)再(?:给我|給我|向我)(?:发|發|寄)"
    r"|(?:从|從)[^,，。]{0,10}(?:名单|名單|列表)[^,，。]{0,6}(?:删除|刪除|移除)"
)
"""Wishes that name the mail that is not wanted."""


_CONTRARY = re.compile(
    r"\b(?:do not|don't|never|not to) (?:unsubscribe|remove|delete|take|drop|strike) (?:me|us)\b"
    r"|\b(?:mich|uns) (?:bitte |doch |auf keinen fall ){0,2}nicht (?:ab|aus|streichen|l(?:ö|oe)schen|entfernen)\b"
    r"|\bbitte (?:\w{2,12} ){0,3}nicht (?:abmelden|austragen|streichen|l(?:ö|oe)schen|entfernen)\b"
    r"|\bne (?:me|nous) (?:désinscri|désabonn|retir|supprim|enlev)\w{0,8} pas\b"
    r"|\bne pas (?:me|nous) (?:désinscri|désabonn|retir|supprim)"
    r"|\bno (?:me|nos) (?:den|dé|des|deis|borr\w{1,3}|elimin\w{1,3}|quit\w{1,3}|sa[cq]\w{1,4})\b(?! más)"
    r"|\bnon (?:mi |ci )?(?:cancell|rimuov|disiscri|togli|elimin)\w{1,8}"
    r"|\bnão (?:me |nos )?(?:descadastr|remov|retir|exclu|cancel)\w{1,8}"
    r"|\b(?:mij|me|ons) (?:alstublieft |aub |a\.u\.b\. )?niet (?:af|uit|van)\b"
    r"|\bnie (?:wypis|usuwa|skreśla|wykreśla)\w{1,8} (?:mnie|nas)\b|\bне (?:отписыва|удаля|исключа|убира)\w{1,6} (?:меня|нас)\b"
    r"|\b(?:inte|ikke) (?:avregistrera|ta bort|stryk|afmeld|frameld|slett|fjern|meld) (?:mig|meg|oss|os)\b"
)
"""The contrary of a wish: "bitte melden Sie mich nicht ab"."""
_POLITE = re.compile(
    r"^(?:\W|\b(?:please|bitte|now|today|at once|immediately|asap|thanks?|thank you|again|sofort|umgehend|danke|svp"
    r"|merci|por favor"
    r"|gracias|obrigad[oa]|per favore|grazie|graag|aub|alstublieft|proszę|prosím|děkuji|tack|tak|takk|пожалуйста"
    r"|спасибо)\b){0,12}$"
)
"""Words that may follow a wish without a word on what is left."""
_INSIDE = re.compile(r" (?:from|off|vom|von|aus|aus der|aus dem) ")
_ELSEWHERE = re.compile(
    r"\bweb ?(?:site|page)|\bhome ?page|\bsite\b|\bforum\b|\bwebseite|\binternet|\binvoice|\brechnung|\bfactur"
    r"|\bguest ?list"
)
_MAILING = (
    r"(?:e-?mail\w{0,3}|mail\w{0,4}|newsletter\w{0,3}|news|distribution|address\w{0,2}|contacts?|subscri\w{1,6}|send\w{0,3}"
    r"|marketing"
    r"|customers?|clients?|bulk|spam|advert\w{0,8}|promo\w{0,8}|announce\w{0,5}|updates?|recipients?|opt-?in|your|this"
    r"|these|all|entire"
    r"|whole|damn\w{0,2}|stupid|list)"
)
_KEPT_FOR = (
    r"(?:wait(?:ing)?|guest\w?|shift|duty|speakers?|participants?|attend\w{2,5}|volunteers?|players?|wish|shopping|price"
    r"|to-?do|task|check"
    r"|call|phone|sick|short|black|white|allow|block|invit\w{1,6}|team|staff|crew|class|course|member\w{0,4}|night|day"
    r"|standby|reserve)"
)
_OTHER_LIST = re.compile(
    rf"\b(?:the|an?|that|my|his|her|their|tonight's|today's|tomorrow's) (?:(?!{_MAILING}\b)[a-z][\w'-]{{1,20}} ){{1,3}}lists?\b"
    rf"|\b(?:your|this|our|\w{{2,12}}'s) (?:[a-z][\w'-]{{1,20}} ){{0,2}}{_KEPT_FOR} lists?\b|\b{_KEPT_FOR}-?lists?\b"
    r"|\blists? of (?!(?:your |the |all |our )?(?:e-?mail|mail|subscri|recip|address|contact|reader|customer|client))\w"
    r"|\b(?!(?:e-?mail|mail|verteiler|adress|newsletter|empfänger|versand|abonnent|kontakt|kunden|werbe|sende|presse"
    r"|verzend|distributi"
    r"|nieuwsbrie|abonnee|utskick|adres))[\w-]{4,24}(?<!mail)(?<!mail-)(?:liste|listen|lijst|listan|listan)\b"
    r"|\bliste (?:d'attente|des? (?!diffusion|distribution|courri|mail|e-?mail|envoi|publipost|contacts|abonn|destinat|vos"
    r"|votre)\w)"
    r"|\blista (?:d'attesa|de (?!corre|distribu|env[íi]|difus|contact|contat|suscri|e-?mail|mail|divulga|inscri|assin"
    r"|voc[êe]|usted|vosotr)\w"
    r"|di (?!distribu|invio|posta|mail|e-?mail|contatt|iscritt|diffus)\w)"
    r"|\blist[aęy] (?:oczekuj|uczestni|gości|obecno|dyżur)\w*|\bсписк\w{0,2} (?:ожидани|участник|гост|дежурн|очеред|приглаш)\w*"
    r"|\b(?:чёрн|черн)\w{2} списк\w{1,2}"
)
"""Lists of other things than addresses for mail: those who wait, work at night, or were invited."""
_ENDS_CLAUSE = re.compile(r"[,;:]")
_AFTER = 60
"""Characters after a wish that tell what is left."""


def without_other_lists(words: str) -> str:
    """Give a normalized sentence with another word for each list that is not of addresses for mail: "the night shift list"."""
    return _OTHER_LIST.sub("matter", words) if "list" in words or "lijst" in words or "спис" in words else words


def find_set_wishes(words: str) -> list[tuple[int, str]]:
    """Give each set phrase of a wish in a sentence, normalized by ``phrases.normalize``, with the index behind it."""
    return [(words.find(wish) + len(wish), wish) for wish in _FIRST_PERSON if wish in words]


def says_contrary(words: str) -> bool:
    """Whether a sentence, normalized by ``phrases.normalize``, asks not to be taken off."""
    return _CONTRARY.search(words) is not None


def names_unwanted(words: str) -> bool:
    """Whether a sentence, normalized by ``phrases.normalize``, says that its writer wants no more mail."""
    return _NO_MORE.search(words) is not None


def find_wishes(words: str) -> list[tuple[str, str]]:
    """Give each wish in a sentence, normalized by ``phrases.normalize``, with the rest of its clause; empty for a polite rest."""
    clauses = (
        (match[0], _ENDS_CLAUSE.split(words[match.end() : match.end() + _AFTER])[0])
        for match in _REMOVES.finditer(words)
    )
    return [(wish, "" if _POLITE.match(after) else after) for wish, after in clauses]


def is_about(thing: re.Pattern[str], wish: str, after: str) -> bool:
    """Whether a wish is about *thing*: it names nothing to leave, or names that, and no web page or invoice."""
    words = after or (wish if _INSIDE.search(wish) else "")
    return not words or (thing.search(words) is not None and _ELSEWHERE.search(words) is None)
