# ruff: noqa: RUF001 -- words of languages whose letters look like others
"""Administrators' own words by family, in the languages that the rules know; and words like them that say something else."""

import pytest

from bouncer.ndr.reading import Action, Kind, Original, Reading, Recipient
from bouncer.verdict.classify import classify
from bouncer.verdict.verdict import Category

FAMILIES: dict[str, tuple[Category, str]] = {
    "left": (
        Category.HARD,
        """
This person left the firm in May and the account is gone
Our colleague retired, the mailbox was taken away
This teacher is no longer at our school
The student has graduated and the account was erased
The staff member is no longer with us
Die Person ist nicht mehr bei uns, das Postfach ist aufgelöst
Die Lehrkraft ist nicht mehr an der Schule
Der Angestellte ist in Rente, sein Postfach wurde gelöscht
Frau Roe hat die Firma verlassen
L'employé est parti, sa messagerie est fermée
Cet agent n'est plus en poste
Cette personne a quitté l'entreprise
El empleado ya no trabaja con nosotros
La persona ha dejado la empresa
El profesor se jubiló y su cuenta fue cerrada
Il dipendente ha lasciato l'azienda
La persona non è più in servizio
O colaborador saiu da empresa
O funcionário não trabalha mais aqui
De medewerker is vertrokken en de mailbox is opgeheven
De leerling is niet meer bij ons
Pracownik już nie pracuje
Osoba odeszła z firmy, konto skasowane
Zaměstnanec odešel, schránka byla zrušena
Den anställde har slutat
Medarbejderen er ikke længere ansat
Den ansatte er ikke lenger hos oss
Henkilö on lähtenyt ja tili suljettu
Сотрудник больше не работает в компании
Преподаватель ушёл, ящик закрыт
Працівник більше не працює
Çalışan artık burada çalışmıyor
A dolgozó kilépett, fiókja törölve
Angajatul a plecat, contul a fost închis
Ο εργαζόμενος έφυγε
担当者は退職しました
この社員は退社しました
该员工已离职
用户已离职,邮箱已删除
해당 직원은 퇴사하였습니다
""",
    ),
    "nobody": (
        Category.HARD,
        """
Nobody at our school has this address
no employee uses this address
there is no account behind this address
no member of our club has that address
this name is not in our register
we have nobody of that name
this address belongs to nobody
no one here answers to that name
the address is not assigned to anybody
Niemand bei uns hat diese Adresse
Unter dieser Adresse gibt es kein Postfach
Kein Schüler mit dieser Adresse
Hinter dieser Adresse steht kein Postfach
Die Adresse ist keinem Mitarbeiter zugeordnet
Personne ici n'a cette adresse
Aucun élève avec cette adresse
Aucune boîte derrière cette adresse
Nadie tiene esta dirección
Ningún empleado con esta dirección
Nessuno ha questo indirizzo
Nessun dipendente con questo indirizzo
Ninguém tem este endereço
Niemand heeft dit adres
Geen medewerker met dit adres
Nikt nie ma takiego adresu
Nie ma pracownika o takim adresie
Ingen har den adressen
Ingen anställd med den adressen
Никто не имеет такого адреса
Нет сотрудника с таким адресом
Bu adrese sahip kimse yok
このアドレスの社員はいません
没有此地址的员工
이 주소를 가진 직원이 없습니다
""",
    ),
    "unwanted": (
        Category.BLOCK,
        """
the recipient does not wish to hear from you
the recipient has asked us not to take your mail
mail from you is unwelcome here
the addressee refuses your mail
Der Empfänger möchte von Ihnen keine Post
Ihre Mails sind hier unerwünscht
Der Empfänger hat Sie gesperrt
Le destinataire ne souhaite pas recevoir vos messages
Le destinataire vous a bloqué
El destinatario no desea recibir sus mensajes
El destinatario le ha bloqueado
Il destinatario non desidera ricevere i suoi messaggi
O destinatário não deseja receber as suas mensagens
De ontvanger wil geen mail van u
Odbiorca nie życzy sobie poczty od Pana
Příjemce si nepřeje vaše zprávy
Mottagaren vill inte ha post från dig
Modtageren ønsker ikke post fra dig
Mottakeren ønsker ikke e-post fra deg
Vastaanottaja ei halua viestejäsi
Получатель не желает получать ваши письма
Одержувач не бажає отримувати ваші листи
Alıcı sizden ileti almak istemiyor
A címzett nem kíván levelet kapni Öntől
Destinatarul nu dorește mesaje de la dvs.
Ο παραλήπτης δεν θέλει μηνύματα από εσάς
受信者はあなたからのメールを希望していません
收件人不想收到您的邮件
수신자가 귀하의 메일을 원하지 않습니다
""",
    ),
    "members": (
        Category.BLOCK,
        """
only colleagues may write to this list
only our customers can write here
this list takes mail from members only
you must be a member to write here
Nur Mitglieder dürfen an diese Liste schreiben
Nur bekannte Partner dürfen schreiben
Seuls les membres peuvent écrire
Seuls nos partenaires peuvent écrire à cette adresse
Solo los socios pueden escribir
Solo i soci possono scrivere
Apenas os sócios podem escrever
Alleen leden mogen schrijven
Tylko członkowie mogą pisać
Pouze členové mohou psát
Endast medlemmar får skriva
Kun medlemmer må skrive
Bare medlemmer kan skrive
Vain jäsenet voivat kirjoittaa
Только участники могут писать
Лише учасники можуть писати
Yalnızca üyeler yazabilir
Csak tagok írhatnak
Doar membrii pot scrie
Μόνο μέλη μπορούν να γράψουν
会員のみ投稿できます
仅限成员发送
회원만 보낼 수 있습니다
""",
    ),
    "relay": (
        Category.BLOCK,
        """
we do not relay for strangers
we carry no mail for outsiders
this server does not pass on mail for strangers
Wir leiten keine fremde Post weiter
Nous ne relayons pas pour des inconnus
No retransmitimos correo ajeno
Non inoltriamo posta per estranei
Não retransmitimos correio de estranhos
Wij sturen geen mail door voor derden
Nie przekazujemy poczty obcych
Nepřeposíláme cizí poštu
Vi vidarebefordrar inte post för främlingar
Vi videresender ikke post for fremmede
Emme välitä vieraiden postia
Не пересылаем чужую почту
Не пересилаємо чужу пошту
Yabancılar için posta aktarmıyoruz
Nem továbbítunk idegen levelet
Nu retransmitem pentru străini
Δεν προωθούμε μηνύματα ξένων
他人のメールは中継しません
不转发陌生人的邮件
외부인의 메일은 중계하지 않습니다
""",
    ),
    "banned": (
        Category.BLOCK,
        """
your network is banned from here
your address range is shut out for abuse
your provider is barred here
198.51.100.7 is banned
Ihr Netz ist bei uns ausgesperrt
Ihr Server ist wegen Missbrauchs ausgeschlossen
Votre réseau est banni
Su red está vetada aquí
Su servidor está baneado
La sua rete è bandita
A sua rede está banida
Uw netwerk is hier verbannen
Pańska sieć jest zbanowana
Vaše síť je zabanována
Ert nätverk är avstängt här
Jeres netværk er udelukket
Nettverket ditt er utestengt
Verkkonne on kielletty
Ваша сеть запрещена
Ваш сервер забанен
Вашу мережу заблоковано
Ağınız yasaklandı
Az Ön hálózata ki van tiltva
Rețeaua dvs. este interzisă
Το δίκτυό σας έχει αποκλειστεί
お使いのネットワークは禁止されています
您的网络已被封禁
귀하의 네트워크는 금지되었습니다
""",
    ),
    "tls": (
        Category.TECHNICAL,
        """
Your TLS is too old
TLS 1.0 is outdated, use 1.2
we want a newer TLS version
your encryption is too old
Ihr TLS ist zu alt
Ihre TLS-Version ist veraltet
Votre TLS est trop ancien
Su TLS es demasiado antiguo
Il suo TLS è troppo vecchio
O seu TLS é muito antigo
Uw TLS is te oud
Pański TLS jest przestarzały
Vaše TLS je zastaralé
Er TLS är för gammal
Jeres TLS er for gammel
TLS:nne on liian vanha
Ваш TLS устарел
Ваш TLS застарів
TLS sürümünüz çok eski
Az Ön TLS-e elavult
TLS-ul dvs. este învechit
Το TLS σας είναι παλιό
TLSのバージョンが古いです
您的TLS版本过旧
TLS 버전이 오래되었습니다
""",
    ),
    "queue": (
        Category.TECHNICAL,
        """
Your message lay in our queue for 5 days
It waited four days in our queue
We have stopped trying after a week
we tried in vain for three days
Ihre Nachricht lag fünf Tage in unserer Warteschlange
Wir haben es fünf Tage lang versucht
Nous avons essayé pendant cinq jours
Hemos intentado durante cinco días
Abbiamo provato per cinque giorni
Tentámos durante cinco dias
Wij hebben het vijf dagen geprobeerd
Próbowaliśmy przez pięć dni
Zkoušeli jsme to pět dní
Vi försökte i fem dagar
Vi har prøvet i fem dage
Yritimme viisi päivää
Мы пытались пять дней
Ми намагалися п'ять днів
Beş gün boyunca denedik
Öt napig próbáltuk
Am încercat timp de cinci zile
Προσπαθήσαμε για πέντε ημέρες
5日間試みましたが
我们尝试了五天
5일 동안 시도했습니다
""",
    ),
    "moved": (
        Category.HARD,
        """
She has moved for good, her new address is ann@new.example
this mailbox has moved to ann@new.example
Endgültig umgezogen, neue Adresse: ann@new.example
A déménagé, nouvelle adresse : ann@new.example
Se ha mudado, nueva dirección: ann@new.example
Trasferito, nuovo indirizzo: ann@new.example
Mudou, novo endereço: ann@new.example
Verhuisd, nieuw adres: ann@new.example
Przeniesiony, nowy adres: ann@new.example
Přestěhováno, nová adresa: ann@new.example
Flyttat, ny adress: ann@new.example
Flyttet, ny adresse: ann@new.example
Muuttanut, uusi osoite: ann@new.example
Переехал, новый адрес: ann@new.example
Нова адреса: ann@new.example
Taşındı, yeni adresi: ann@new.example
Elköltözött, új címe: ann@new.example
S-a mutat, noua adresă: ann@new.example
Νέα διεύθυνση: ann@new.example
新しいアドレスは ann@new.example です
新地址: ann@new.example
새 주소: ann@new.example
""",
    ),
}

OTHERS = """
Ihr Konto wurde gelöscht, Sie dürfen nicht mehr senden
Ihre Adresse wurde entfernt
Your account has been closed, you cannot send
Votre compte a été supprimé
Su cuenta fue eliminada
Il suo account è stato chiuso
Uw account is verwijderd
Twoje konto zostało usunięte
Ваш аккаунт удалён
Váš účet byl zrušen
Ditt konto är raderat
Din konto er slettet
Kontot för avsändaren är raderat
Das Konto des Absenders wurde gelöscht
Le compte de l'expéditeur a été fermé
La cuenta del remitente fue eliminada
Die Nachricht wurde gelöscht, das Postfach ist voll
Die Verbindung wurde vom Server geschlossen
Connexion fermée par le serveur, boîte pleine
Połączenie zostało zamknięte przez serwer
Соединение закрыто сервером
Ваше сообщение удалено как спам
Das Postfach nimmt keine Anhänge an, sie wurden entfernt
The attachment was removed, the mailbox takes none
the message was removed from the mailbox queue
Der Anhang wurde entfernt, Adresse des Absenders gesperrt
Your address was removed from our whitelist
Your address has been removed from the list of permitted senders
Su dirección fue eliminada de la lista blanca
Ihre Adresse wurde von der Liste entfernt
This account no longer accepts mail from you
Ihr Server ist nicht mehr in unserer Liste erlaubter Partner
the user has left his mailbox full
der Benutzer hat sein Postfach nicht mehr geleert, es ist voll
l'utilisateur n'est plus sous son quota
el usuario ya no tiene espacio
l'utente non è più raggiungibile per quota piena
gebruiker heeft niet meer ruimte
the user left his phone, mail is deferred
Empfänger nimmt keine Post von Ihnen mehr an
Der Empfänger ist nicht mehr bereit, Post von Ihnen anzunehmen
le destinataire n'est plus disposé à recevoir vos messages
el destinatario ya no acepta correo de usted
il destinatario non è più disposto a ricevere da voi
ontvanger wil niet meer van u horen
получатель больше не принимает письма от вас
odbiorca już nie przyjmuje poczty od tego nadawcy
mottagaren tar inte längre emot post från dig
modtageren tager ikke længere imod post fra dig
alıcı artık sizden posta kabul etmiyor
adres nadawcy usunięty z listy
Domain des Absenders wurde gelöscht
your domain is removed
Ihre Domain existiert nicht
votre domaine n'existe plus
su dominio no existe
ваш домен не существует
the link domain was closed
Der Link verweist auf eine Domain, die nicht existiert
le lien mène à un domaine inexistant
"""


def category_of(words: str) -> Category:
    recipient = Recipient("jane@example.org", Action.FAILED, reply_code=550, diagnostic_code=f"550 {words}")
    from_us = Original(from_="Example News <news@example.com>")
    return classify(recipient, Reading(Kind.BOUNCE, original=from_us, recipients=(recipient,))).category


@pytest.mark.parametrize("family", FAMILIES)
def test_each_sentence_of_a_family_means_the_same(family: str):
    category, sentences = FAMILIES[family]

    assert [words for words in sentences.strip().splitlines() if category_of(words) is not category] == []


def test_words_about_the_sender_his_message_or_his_welcome_are_not_hard():
    assert [words for words in OTHERS.strip().splitlines() if category_of(words) is Category.HARD] == []
