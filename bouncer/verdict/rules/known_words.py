# ruff: noqa: RUF001 -- words in Cyrillic and Greek
"""Words that may stand beside a mailbox in a statement about it, by language, without accents; words of two letters are all known.

They are the words of frames ("the server reports that"), of mail and its people, determiners, prepositions and verbs. A noun for
anything else ("booking", "folder") is left out on purpose: a sentence with one is no statement about the recipient (understood.py).
"""

_WORDS = {
    "English": """
able about above absent accept accepted accepting accepts according account accounts active actual address addressed addressee
addresses addressing advise advised advising afraid after again against ago alias aliases all already also alumna alumni
alumnus among and answer answered answers anti-spam antispam any anybody anymore anyone anywhere aol apologies apologise
apologize apparently appear appears appliance appreciate apprentice april are aren't around assigned assistance associated
association attempt attempted attempting attempts august automated automatic available away back backend bad bank barracuda
because been before behind being believe below both bounce bounced box boxes business but callout can can't cannot cannot've
catch-all cause check checked checker checking checks city client clients closed cloud club cluster code colleague colleague's
colleagues college commands common communigate company company's complete completed concerning configured consultant contact
contacted contacting contain contains contractor corp corporate correct correctly corresponding could couldn't council
current currently customer customer's customers daemon database day days dead dear deceased december dedicated defunct
deleted deliver deliverable delivered delivering delivery denied deny departed department departmental destination diagnostic
did didn't directory disabled disposable dns doctor dose does doesn't domain domain's domains don't dude due e-mail e-mails each
effective either email emails employ employed employee employee's employees encapsulated enter entered entering entire err
error errors esmtp even ever every evidently ex-employee exact exchange excuse exim exist existing exists expired extension
fail failed fails failure failures fatal february filter final finally find firewall firm firm's first following for foreign
form former formerly fortimail found freelance freelancer friend friend's friends from fully function functional gateway gave
generic get gets give given gives gmail gmbh gone good google got graduate graduated greetings group guest had handle handled
has hasn't have haven't having hello help helpdesk hence her here his hmm hold holder holds hope hospital host hosted hostname hosts
hotmail house how i'm i've icloud identity immediately inactive inbox inc incorrect incorrectly indicate indicated indicates
individual inform informed informing initial inside institute institution intend intended intending intern internal into
invalid isn't it's its january joint july june just keep keeps kind kindly know known knows last late ldap lecturer left let
lets letter
letters likewise list listed lists llc lmtp local located login longer look looked looking looks lookup ltd madam mail
mailbox mailbox's mailboxes mailed mailenable mailer mailhost mailing mailman mails mailserver mailstore main march matching
may mdaemon member members message messages microsoft mimecast ministry miss misspelled module month months months' more
moved mrs mta multiple municipality museum must mysql name names need needs neither network networks never new next nobody
node pod farm backends
none nope nor not nothing november now number obsolete obviously october office office365 official old once one ones only
onto oops organisation organization original originally other our outlook over own owner owner's parish part particular
passed path patient patients pensioner people per permanent permanently person person's personal persons please point pointing
points portal portion postfix postgresql previous previously primary private process processed processing prof professor
professors program proofpoint provide provided proxy public published publishes pupil pupils qmail qualified queried query
rcp rcpt reach reached reaching reason reasons receive received receiving recipient's recipients record records refuse
refused refusing regarding registered regret regretfully regrets reject rejected rejecting relay relevant remote removed
replied replies reply report reported reporting reports researcher resident residents resigned resolve resolved resolving
respective respond responded responds response result results retired return returned returning returns role role-based sadly
said same say says scholar school search searched searching second see seem seemingly seems send sending sendmail sent
september server servers several shall shared she shortly should show shows simply since sir site smtp society some somebody
someone somewhere sophos sorry sort spamfilter speaking specified specify spelled spelling sql srv staff staff's state states
status still store student student's students subscriber subscribers such supplied supply support symantec system systems
table tables teacher teachers team tell temporary tenant tenants test than thank thanks that that's the their then there
there's therefore these they they're think this those through throughout throw-away thus time today told trainee tried tries
try trying two type typed unable unavailable undeliverable undelivered under unfortunatelly unfortunately university unknown
unrecoverable unused upstream use used used-to user user'd user's username usernames users uses using usr valid validation
verification verified verifier verify verifying via virtual volunteer want wanted warning was wasn't we're we've web were
weren't what when where which who whole whom whose why will wish wished with within won't work worked working works worldnet
would write writing written wrong wrongly wrote yahoo year years yesterday you you're you've your zimbra
""",
    "German": """
aber abgelehnt absender abteilung adresse adressierte adressierten aktuell alle allerdings alles amt angegebene angegebenen
angegebener angegebenes angelegt angeschriebene angeschriebenen angeschriebenes angestellte anscheinend antwort antwortet
antwortete arbeitet auch auf aus ausgeschieden ausgeschiedene ausgeschiedener auszubildende automatisch automatische azubi
bedauerlicherweise bedauern behorde bei beim bekannt bekannter benannte benutzer bereits beschaftigt beschaftigte betroffene
bewohner bis brief bund daher damalige damen damit darf darum das dass dauerhaft dem den denn der deren derzeit des deshalb
dessen dich die diese diesem diesen dieser dieses dir dort dozent durch durfen eben ehemalige ehemaliger ein eine einem einen
einer eines eingegebene eingegebenen eingerichtet eintrag eintrage empfanger empfangers endgultig ermitteln ermittelt
erreichbar erreichen etwa etwas euch existieren existierende existierender existiert falsch fehler finden findet firma
folgende folgenden folgender folgendes frau fruhere fuhrt funktionspostfach fur geehrte geehrter gefunden gegen gehort gemass
gemeinde gemeinsame gemeinsames gemeldet genannte genannten gesandt geschickt geschrieben gesendet gesuchte gesuchten
gewahlte gewunschte gewunschten gewunschtes gibt grund gultig gultige gultiger gultiges guten haben hallo hat hatte hatten
haus hause heisst herr herren herrn hier hiermit hinter hinweis hochschule ich ihm ihnen ihr ihre ihrem ihren ihrer immer
inaktiv informieren innerhalb ins institut inzwischen ist jede jeder jedes jedoch jemand jene jeweilige kann kanzlei kein
keine keinem keinen keiner kirche klinik kollege kollegin konnte konnten kontaktieren konto korrekte krankenhaus kreis kunde
kundin land landkreis lasst laut lautet lehnt lehnte lehrer lehrerin lehrkraft leid leider liegen liegt lokale mailsystem man
mehr melden meldet mich mieter mir mit mitarbeiter mitarbeiterin mitgeteilt mitglied mitteilen mitteilung mittlerweile
mitzuteilen mochten muss mussen nach nachname nachricht nachrichten namen namens neben nicht nichts nie niemals niemand noch
nummer nur nutzer oben obige obigen oder offenbar ohne pastor pensioniert personen personliche personlicher pfarrer postfach
praxis redaktion referent referentin registriert rentner richtige ruhestand sagt sammelpostfach schicken schon schreiben
schrieben schule schuler
schulerin sehr sei seien sein seine seit senden sie sind solche solchen solcher soll sollen somit stadt stadtverwaltung statt
stehen steht studentin tatig teilen teilt telefon trotz tut uber ubermittelt ubermittelte ubermittlung unbekannt unbekannter
unbekanntes und ungultig universitat uns unser unsere unserem unseren unserer unten unter unternehmen unzustellbar ursache
verein vergeben verlag verlassen vermerkt versand versuchen versucht versuchten verwaltung verweigert verwendete verwendeten
verzeichnis vollstandige vom von vor vorhanden vorherige vorname wann war ware waren warum wegen weil welche welcher welches
wem wen wenden wenn wer werden wie wiederum wir wird wohl wollen wollten worden wurde wurden zentrale zugehorige zugehoriges
zugeordnet zugeordnete zugestellt zum zur zuruck zuruckgewiesen zurzeit zustellen zustellung zwischen
""",
    "French": """
abonne acheminement actif actuellement adresses affecte agence agent agente ancien ancienne annuaire apres attention attribue
aucun aucune aucunement aussi automatique autre aux avant avec avez avis avons boite bonjour cabinet cela celle celui
celui-ci cependant ces cet cetait cette chaque cherchez chez ci-dessus collaborateur collaboratrice collectivite collegue
comme compte connu connue conseil contacter contre correspond correspondant correspondre courriel courrier dans
definitivement delivre demande demandee depuis derriere desactive desole desolee desormais destinataire destinataires distant
distribue distribution doit domaine donc dont echec ecole ecrire ecrit ecrivez editeur editions effectifs egalement
electronique eleve elle elles employe enregistre enregistree enseignant entre entree entreprise envoye envoyer erreur essaye
essayez est etablissement etait ete etre etudiant etudiante eux existe existent fait fonctionnelle fut generale generique
groupe hopital ici ils inconnu inconnue indique indiquee informer informons interlocuteur invalide jamais joindre jusqu
laquelle lequel les lettres leur leurs ligne livraison livre lors lui lycee madame mairie mais maitre malheureusement meme
mentionnee merci messagerie ministere mlle mme moi mon monsieur motif n'a n'est n'existe n'ont nom nos notre nous nul numero
ont organisme ouverte par parait parce partagee pas personne peut peuvent peux plus plusieurs pour prefecture professeur
puisque quand que qui quitte raison reconnu reconnue reference referencee refusee rejete rejetee remis remise repond reponse
saisi saisie saisissez salarie salariee sans selon semble sera serait serveur service ses signale signalent societe son sont
souhaitez sous specifie specifiee suivant suivante supprime supprimee sur systeme tentez titulaire toi tous tout toute
toutefois toutes travaillait travaille trouve trouvee trouver une universite utilisateur utilisateurs utilise utilisee valide
valides vers veuillez voici vos votre voulez vous
""",
    "Spanish": """
abandonado activa activo actualmente agencia alli alumno ante antigua antiguo aqui asignada asignado automatico aviso
ayuntamiento bajo buzon cada casilla causa cliente colaborador colegio como companera companero compania compartida
compartido con consejo contactar correo correos corresponde cual cuales cuando cuenta cuyo debe definitivamente dejado del
desafortunadamente desconocida desconocido desde despacho destinatario destinatarios detras direccion direcciones directorio
dominio durante electronica electronico embargo empleada empleado empresa encontrada encontrado encontrar encuentra entrega
entregado entregar entregarse enviada enviado enviar envio era esa escribe escribio escribir escrito escuela ese especificada
especificado esta estan este esto estos estudiante exempleado existen facultad fallo favor fue generica gracias grupo hacia
han hasta hay hemos indica indicada indicado ingresada ingresado instituto intenta intentado intentando introducida
introducido invalida invalido lamentablemente lamentamos las los mas mediante mensaje mensajes ministerio mismo motivo nadie
ningun ninguna ninguno nombre nosotros nuestra nuestro nunca organizacion otra otro para parece pero persona pertenece podido
por porque profesor profesora proporcionado pudo puede pueden pues quien razon rechazada rechazado registrada registrado
remoto responde respuesta segun senor senora sentimos servicio servidor sido siempre siendo sin sistema sobre solicitada
solicitado solo sra sus tambien tampoco tenemos tiene titular toda todas todo todos trabaja trabajar tras una universidad
unos usted ustedes usuario usuarios valida valido
""",
    "Portuguese": """
aluna aluno antiga antigo ate ativa ativo atras atribuido atualmente caixa camara colega com companhia compartilhada conselho
conta contatar correio deixou desconhecida desconhecido deve digitada digitado diretorio dos eletronica eletronico encontra
endereco enderecos entanto entregue erro escola escrever escreveu essa esse estudante existem faculdade falha foi funcionaria
funcionario infelizmente informada informado isto mensagem mensagens mesmo nao nas nenhum nenhuma ninguem nome nossa nosso
obrigado organizacao outra outro pela pelo pertence pessoa pode podem pois postal prefeitura professora quais qual quando
quem razao recusado rejeitado resposta saiu sao sem sempre sendo senhor senhora servico seu sob sua tambem tem temos tentando
tentou trabalha uma universidade utilizador voce
""",
    "Italian": """
abbandonato abbiamo agenzia alla allievo allo altro anche appartiene assegnata assegnato ateneo attiva attivo attualmente
avviso azienda casella cerca cercando cercato che chi collaboratore collega come comune condivisa consegna consegnare
consegnata consegnato consiglio contattare corrisponde cui dal dalla degli dei della delle dello destinatari dietro
dipendente ditta docente dopo dott elenco elettronica elettronico ente entro errore esiste esistono essere facolta favore
fino fornito gli grazie gruppo hanno indicata indicato indirizzi indirizzo inesistente inserita inserito inviare inviata
inviato istituto lasciato lavora lei locale mai messaggi messaggio ministero nel nella nessun nessuna nessuno noi non nostra
nostro ogni organizzazione ospedale perche piu poiche possono posta presso prima professore professoressa puo purtroppo qua
quale quali quel quella questa questo ragione recapitare recapito registrata registrato richiesta richiesto rifiutata
rifiutato risponde risposta risulta sconosciuta sconosciuto scritto scrive scrivere scuola secondo sembra servizio siamo sig
signor signora societa sono sotto specificata specificato spiacenti stata stati stato stesso studente studentessa studio sul
suo tentato titolare tra trasferito trova trovare trovata trovato tutta tuttavia tutte tutti tutto universita uno utente
utenti utenza utilizzata utilizzato voi vostro
""",
    "Dutch": """
aan achter actief actieve adres afdeling afgeleverd algemene als altijd antwoord antwoordt bedoelde bedrijf bekend bekende
bereiken bericht berichten bestaan bestaat bezorgd bezorgen bezorging bij bovenstaande contacteren daar daarom dat definitief
deze dhr dienst dit docent domein door doorgegeven dus echter een elk elke faculteit fout geadresseerde gebruiker gebruikte
gedeelde geen geldig geldige gemeente genoemde geregistreerd gestuurd gevonden gevraagde geweigerd haar hadden hebben heeft
heer helaas het hij hoe hoort hun iemand iets ingevoerde instituut jouw kan kantoor klant kon laat leerling leidt ligt maar
mag medewerker medewerkster meer melding meldt met mevr mevrouw mijn ministerie moet moeten mogen momenteel naam naar nadat
niet niets nooit omdat onbekend onbekende onder onderstaande ongeldig ons ontvanger onze ook oorzaak opgegeven organisatie
oud oud-medewerker oude persoon postbus postvak praktijk probeerde probeert provincie reden schreef schrijven sinds spijt
staan staat stichting sturen systeem tegen teruggestuurd tijdens toegewezen tot tussen uit universiteit van vereniging
verlaten vermelde vertrokken verzenden verzonden vinden vindt volgende volgens voor voordat waar waarom wanneer wat
waterschap weigert welke werd werkt werkzaam wij wil willen wordt zal ziekenhuis zij zijn zonder zullen
""",
    "Polish": """
adresat aktywny albo ale beda bedzie bez biuro blad brak byl byla bylego byli bylo byly cos dawny definitywnie dla dlaczego
docelowa docelowe docelowy domena dostarczona dostarczyc dziekujemy firmie gdyz gdzie gmina inny instytut istnieja istnieje
jak jako jednak jego jej jest juz kazdy kiedy klient kolega ktora ktore ktory ktos lub miedzy ministerstwo moze mozna musi
nad nalezy nasz nasza nasze naszej naszym nauczyciel nazwa nazwie nic niestety nigdy nikogo nikt numer obecnie odbiorca
odpowiada odpowiedz odrzucil odrzucono odszedl ona oraz organizacja osoba pan pana pani poczta poczty podana podanego podanej
podany podanym podczas poniewaz powinien powod pracownica pracownik pracuje prawidlowy prosze przed przepraszamy przez
przyczyna przypisany rowniez serwer serwerze skrzynka stale systemie szkola szpital taka taki takie takiego takiej takim tam
tego tej ten tutaj tych tylko tym uczelni uczelnia uczen urzad uzytkownik wasz wedlug wiadomosc wiadomosci wiec wpisany
wskazana wskazany wszystkie wydzial wyslac wyslana wyslano zarejestrowany zatem zawsze znaleziono znaleziony znany zostal
zostala zostalo zostaly
""",
    "Russian and Ukrainian": """
netu polzovatelya suschestvuet takogo takoi абонент адрес адреса адресат аккаунт активен без более больница больше буде будет
будут бывшая бывшего бывшии был была были было більше вам вами вас ваш ваша ваше вашего введенныи вже все всегда вуз відомии
где господин госпожа данная данного данному данныи деиствителен для должен домен доставить доставка доставлено другои діиснии
его ему есть завжди запись запрошенныи зарегистрирован здесь знаидено известен извините или имеет имел именем имеют ими имя
институт иого каждыи как кем клиент когда кожен коли коллега компании компания користувач которои которому кто лист лише
между меня министерство мне може может можно мэрия між навсегда над назначен наиден наидено нам нами написать нас наш наша
нашего нашеи нашем нашого нашому нема немає нет никогда никого никто ничего номер ніхто однако она они организации
организация ответ отвечает отдел отклонено отклонил отправить ошибка перед письма письмо пишете под получатель пользователь
потому почему почта почтового почтовыи почты поштова поштовии поэтому преподаватель при причина просим проте під работает
своего свою себя сервер сервере система системе скринька собои сожалению сообщение сотрудник сотрудница спасибо студент
существует существуют так такая также такии таких такого такое такои такому такою такоі там тебе тебя тем тобои того тои
только том тому тот тут уволился уже указанная указанного указанному указанныи университет ученик учетная факультет фирма хто
цеи цим цього цьому цією человек чем через чому что школа электроннои электронныи эта эти этим это этого этои этом этому этот
эту яка яке якии якого ящик іншии існує
""",
    "Scandinavian, Finnish, Turkish, Czech, Slovak, Hungarian, Romanian, Greek, and others": """
acea aceasta acel acest acestui activ ada adinda adla adli adresa adresi adresinde adressen afviste ahol aina ait aki ako
aktif aktiivinen aktiv aktivni alatt ali alltid alt altid ama ami anda anden andet andra angitte angivna angivne annan
antamasi anvandaren arasinda arkasinda artik asagidaki atau att avdeling avsak avvisade ayrilan ayrildi bakom baska behem
belediye belirtilen bet bila bio bir biri birim bizim ble blev bohuzel bolaget bor boyle brevlada brugeren brukeren bulunan
bulundu burada byt calisan cand care cea ceg cel ceva cimen cimhez cimzett cine cineva cislo contra cum cunoscut dan dar dari
degil dekujeme denne dessverre desvaerre det detta dette din disse ditt dupa e-mailova e-mailovy e-posta efter egy egyetem
ellen eller elott elutasitotta enaa enhet ennen eposta ervenyes ett ettei etter ezen fakulta fara felett fenti fiecare findes
finna finner finnes finns firmaet firmet foljande fordi forening foretag foretaget fost fra fran fundet funnet gasit gecerli
gerekir gibi giltig girdiginiz gyldig hade har hastane hedder henkilo heter hicbir hittades hittar hogskolan hogy hogyan hon
horer hos hur hvem hver hvert hvilken hvor hvordan hvorfor icin icinde icke ikke ikkje ile ili ilman ilyen imot inainte ingen
inget ini innan inregistrat inte intotdeauna intre iny iskola ismert itt itu jalkeen jeho jeji jiny jiz johtaa jokainen joku
jotain jsou kadar kaikki kami kancelar kand kanner kayitli kdo kell kender kendt kerjuk kimse kisi kiszolgalon kiszolgalonk
kiszolgalonkon kjenner kjent kod kollega kommun kommune kontoen kontot korhaz koska koulu kovetkezo kozott ktera ktere ktery
kuka kukaan kunne kunta kurum kurumdan kuuluu laengere lagi lahtenyt langre lehet lenger letezo litujeme loydy loytynyt
lutfen lyder maa maalesef mar maste med medarbejder medarbetare medzi megadott meilla mellan mellem mellom men mert mezi
miert mika mikaan mikor miksi milloin minden mindig ministerstvo miten mod modtageren mot mottagaren mottakeren mutta muu
muze nagon nagot najdeny nalezen nalunk nar nase nasem nasil nav nebo nebol nebola nebolo nebyl nebyla nebylo neden
neexistuje nelkul nem nemocnice neni nera nerede nevu nevvel neznama nije nikdo nikoho nikto nimella nimeni nimic nimista
nincs noastra noe noget nostru numar numara obec och odmitl odpovida okand okul olabilir olan olarak ole oli olyan
onkormanyzat onnek onun oppgitte osoite osoitetta osoitteessa oss ova ovaj ovan ovat ovenfor ovo pacate palvelimella
palvelimen peste platny poate pocas postlada pred pri primarie prirazeny pro prosim protoze raspunde reddetti registrerad
registreret registrert registrovany regisztralt rendszerunkben respins sairaala sajnos sau schranka scoala semmi senki
serverech serveren servern serveru serwera sina sirket sis sistemimizde sizin sjukhus ska skal skall skola skolan skole
slutat sluttet som sonra spital ste stiftelse sub sudah sunucuda sunucumuzda svarar svarer sygehus sykehus systemu szam
szerverunkon tai taj takana takato takova takove takoveho takovy takyto takze talalhato tallaista tama taman tanimli tas
tassa tata tato taytyy teidan tento tidak til till tilldelad tillhor toate toto touto trebuie tunneta tunnettu tymto tyvarr
uden ukendt ukjent unde universitate universitet untuk urad urmatoarea utan uten utilizatorul uvedena uvedeny uzgunuz
uzivatele vagy valaki valami valaszolt valilla valitettavasti var vardir vare varfor varje vart vas vase vastaan ved vem
verdi veya vid vil vilken ville virasto vise voimassa volt vores vsechny vsetky vzdy yang yanit yazik yliopisto yoktur yritys
yukaridaki zadana zadany zde zijsku znamy αλλα αλλος απαντα απερριψε απο αποχωρησε αριθμος αυτη αυτην αυτο αυτον αυτος
βρεθηκε για γιατι γνωστος δεν διευθυνση διοτι εγκυρος ειναι ενα ενεργος εταιρεια εχει ηταν καθε και κανεις κανενας
καταχωρημενος κατω μετα μεταξυ μια μπορει νοσοκομειο ολα ονομα πανεπιστημιο πανω παρακαλω πια πλεον που πρεπει πριν στη στο
τετοια τετοιος την της τον του των υπαλληλος υπαρχει χρηστης χωρις
""",
    "Icelandic": """
afhent afhentur ekkert ekki enginn eytt fannst finnst fyrirtaeki fyrirtaekid haett haetti haettur hafa hans hefur hennar hja
kerfi kerfinu len lengur lokad midur nemandi nemandinn netfang netfangid notandi notandinn okkur postholf postholfid
postholfinu postinum postthjonn postur reikningnum reikningur reikningurinn sinum skeyti skeytid skeytinu skoli skolinn
skrad skradur starfsmadur starfsmadurinn starfsmanni storfum thar ther thessi thessum thetta thin thinn thitt thvi vefthjonn
vegna verid vidtakanda vidtakandi voru
""",
    "Romanian": """
acesta acum adresei angajata angajatul casuta catre colegul contul contului deoarece destinatarul destinatarului dezactivat
dezactivata domeniul dumneavoastra iar inchis inchisa institutia lista livrat lucreaza mesajul mesajului parasit pentru
persoana plecat postala regretam scuze serverul serverului stearsa sters studentul sunt trimis
""",
    "Greek": """
αλληλογραφια αποχωρησει γραμματοκιβωτιο διαγραφει διαγραφηκε διακομιστη διακομιστης εδω επειδη εργαζεται εργαζομενος εχουν
θυριδα κλεισει λογαριασμο λογαριασμος λογω μαζι μας μηνυμα παραδοθει παραδοθηκε παραληπτη παραληπτης προς σας στην
συναδελφος συστημα σχολειο τομεας υπαλληλο φοιτητης χρηστη
""",
    "Bulgarian": """
адресът акаунтът беше вашата вашето вашият вече домеин домеинът доставено защото изпратено имеил имеилът компанията кутия
кутията намерен напусна напуснал нашата нашето нашия няма писмо писмото получател получателят поради потребител потребителят
пощенска пощенската профилът работи системата служител служителката служителят сметката студентът съобщение съобщението
сървър сървърът съществува тази такъв тези това този тук ученикът училището фирмата
""",
    "Serbian, Croatian, Bosnian": """
bilo djelatnica djelatnik domen firmu isporucena isporuceno jer korisnik nalog napustila napustio nasoj nema njegov njegova
njezin ovde ovdje poruka poruku posluzitelj posluzitelju postanski postoji pretinac primalac primatelj pronaden racun radi
sanducic sistem sustav sustavu tvrtka tvrtku ucenik vasa zaposlena zaposleni zaposlenik zbog више запослена запослени
запосленик због испоручена испоручено код корисник налог напустио није ова овај ово порука поруку постоји пошта поштанско
пошту прималац пронађен ради сандуче систем тај јер
""",
    "Slovenian": """
bil dela dijak dostavljeno ker nabiralnik najden naslov njen obstaja podjetje postni predal prejemnik sistemu sodelavec
sodelavka sola sporocila sporocilo streznik strezniku tega tukaj uporabnik usluzbenec vec zapustil zapustila zaradi
""",
    "Lithuanian": """
adresas adresu buvo darbuotoja darbuotojas daugiau dezute dirba domenas egzistuoja gavejas imone isejo issiustas jau jos
jusu laiskas laisko mokinys mokykla mus musu naudotojas nebedirba nebuvo nes paliko paskyra pasto pranesimas pristatytas
rastas serveris serveryje sistemoje studentas tokia toks vartotojas yra
""",
    "Latvian": """
adresatam adresats adrese aizgaja atrasts bija darbiniece darbinieks domens eksiste kolegis konts lietotajs mums nestrada
netika nosutita pametis pastkaste pastkastite piegadata sanemejs serveri skolens strada tada tads tika uznemums uznemumu
vairs vestule vina vinas zina zinojums
""",
    "Estonian": """
aadress aadressile adressaat domeen enam ettevote ettevottest juba juures kasutaja katte kiri kirja kolleeg kool kustutatud
lahkunud leitud meie meil olemas olnud opilane postkast saadetud saaja seda selline sellist sest siin sonum suletud
susteem susteemis teie teile tema toimetatud toota tootaja tottu tudeng
""",
    "Vietnamese": """
chu chung chuyen cong cua dia dung duoc gui hoc khoan khong mien nay nghi nguoi nhan sinh thay thong thu
truong viec vien xoa
""",
    "Indonesian and Malay": """
akaun akun alamat bekerja berhenti dihantar dijumpai dikirim ditemukan kakitangan karena karyawan keluar kerana kotak
mahasiswa meninggalkan pegawai pekerja pelajar pelayan penerima pengguna perusahaan pesan pesanan sekolah sini siswa surat
suratnya syarikat telah terkirim tersebut wujud
""",
    "Catalan": """
adreca amb aquest aquesta bustia companya correu deixat empleat enviat estat existeix lliurat missatge nosaltres
nostre perque treballa trobat usuari
""",
    "Names of programs and providers": """
axigen chkuser cpanel directadmin fastmail groupwise haraka hmailserver hornetsecurity icewarp intermail ionos kerio mailchannels
mailcleaner mailcow mailu openwave opensmtpd plesk proxmox rackspace smartermail spamtitan spp stalwart surgemail validrcptto
vpopmail xmail zoho
""",
    "Given by the sender, in all languages": """
nieodebrana niedostarczona zwrocona zwrot
kunnen e-mailova e-mailovou emailova emailovou e-mailovej angav angivet angitt angiven angivna skrev skrevet indtastet
indtastede angegeben eingegeben eingegebene eingegebenen saisi saisie entree indiquee indicada indicado introducida
introducido inseriu inserido digitado digitou inserito immesso digitato indicato ingevoerd ingevoerde opgegeven ingegeven
wprowadzony wprowadzonego wprowadzona podany podanego zadanou zadaneho uvedenou megadott megadta girdiginiz girilen
yazdiginiz antamaasi antamasi annettu kirjoittamasi introdusa introdus introduse введенныи введенного введена введену
введене указанныи указанного указана вказану πληκτρολογησατε εισαγαγατε δωσατε
""",
    "Turkish, Finnish, Hungarian, more": """
alici bizimle bulunamadi calisanimiz cim cunku dolgozik edilemedi felhasznalo fiok hanen hesabi hesap iletiniz jarjestelma
kayttaja kezbesitettek kilepett kullanici kutusu letezik levelet mesajiniz munkatars ogrenci palvelin personel postafiok
postafiokja postilaatikkonsa rendszer sunucu szerver taalla tanulo teslim tili toimitettu tyontekija uzenetet vastaanottaja
viestia viestiasi yok
""",
}

KNOWN = frozenset(word for words in _WORDS.values() for word in words.split())
"""The known words of all languages."""
