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
    "English, of statements and of how somebody was named": """
above-mentioned absolutely accordingly additionally addressable aforementioned aforesaid afterwards ain't aint allocated
altogether always anyhow anyway apparent applicable appropriate attached basically became become becomes belonging belongs
beside besides briefly carefully certain certainly chosen cited claimed claims clear clearly closely completely concerned
conclude concluded confirm confirmed confirms consequently consider considered considers constantly cordially correspond
corresponds dated deemed definite definitely denoted described designated desired desires destined detected detects determine
determined determines directly easily entirely erroneous erroneously essentially established evident exactly explicitly
factually few findable forever friday furthermore generally genuine gladly greatly henceforth hereafter hereby herewith
hitherto identified identifies immediate impossible inaccurate indeed initially involved irretrievably irrevocably lastly
latter legitimate literally locatable match matched matches mean means meant mention mentioned merely mispelled misspelt
mistyped monday moreover most mostly much named namely naturally nevertheless newly nonetheless noted nowhere obvious okay
ours ourselves outright overall owned owns past perfectly pertaining picked plainly pls practically precise precisely
presented presently prior promptly proper properly proved proven quite quote quoted reachable really receiver's recent
recently recheck recognise recognised recognises recognize recognized recognizes referenced referred referring refers
regretful regrettable related relating remain remains repeat repeated repeatedly requested requestor's resides residing
respectively resulting routinely saturday seemed selected self separate seriously served shouldn't shown sincerely single
so-called sole solely sought specific specifically spelt squarely stands stated stating stored strictly strongly submitted
subsequently suddenly sunday surely surprisingly targeted technically thence thereby therein thereof thorough thoroughly
thursday together too toward towards treated treats true truly tuesday turned turns twice typing ultimate ultimately
unfortunate unique utterly validly very void wednesday well whatsoever whence wouldn't yielded yields yours
""",
    "German": """
aber abgelehnt absender abteilung adresse adressierte adressierten adressierter adressiertes aktuell alle allerdings alles
amt angegebene angegebenen angegebener angegebenes angelegt angeschriebene angeschriebenen angeschriebenes angesprochene
angesprochenen angesprochener angesprochenes angestellte anscheinend antwort antwortet antwortete arbeitet auch auf
aufgefuhrte aufgefuhrten aufgefuhrter aufgefuhrtes aus ausgeschieden ausgeschiedene ausgeschiedener ausgewahlte ausgewahlten
ausgewahlter ausgewahltes auszubildende automatisch automatische azubi bedauerlicherweise bedauern behorde bei beim bekannt
bekannter benannte benannten benannter benutzer bereits besagte besagten besagter besagtes beschaftigt beschaftigte
betreffende betreffenden betreffender betreffendes betroffene betroffenen betroffener bewohner bis bisher bislang brief bund
daher damalige damen damit darf darum das dass dauerhaft dem den denn der derartige derartigen derartiger derartiges deren
derzeit des deshalb dessen dich die diese diesem diesen dieser dieses dir dort dortige dortigen dozent durch durfen eben
ehemalige ehemaliger ein eine einem einen einer eines eingegebene eingegebenen eingegebener eingegebenes eingerichtet eintrag
eintrage empfanger empfangers endgultig endgultige entsprechende entsprechenden entsprechender entsprechendes ermitteln
ermittelt erreichbar erreichen erwahnte erwahnten erwahnter erwahntes etwa etwas euch existieren existierende existierender
existiert falsch fehler finden findet firma folgende folgenden folgender folgendes frau fruhere fuhrt funktionspostfach fur
geehrte geehrter gefunden gegen gehort gemass gemeinde gemeinsame gemeinsames gemeinte gemeinten gemeldet genannte genannten
genannter genanntes gennante gesandt geschickt geschrieben gesendet gesuchte gesuchten gesuchter gesuchtes gewahlte gewahlter
gewahltes gewunschte gewunschten gewunschter gewunschtes gibt grund grundsatzlich gultig gultige gultiger gultiges guten
haben hallo hat hatte hatten haus hause heisst herr herren herrn hier hiermit hiesige hiesigen hinter hinterlegte
hinterlegten hinweis hochschule ich ihm ihnen ihr ihre ihrem ihren ihrer ihrerseits immer inaktiv informieren innerhalb ins
institut inzwischen irgendein irgendeine ist jede jeder jedes jedoch jemand jene jeweilige jeweiligen kann kanzlei kein keine
keinem keinen keiner kirche klinik kollege kollegin konnte konnten kontaktieren kontaktierte kontaktierten kontaktierter
kontaktiertes konto korrekte krankenhaus kreis kunde kundin land landkreis lasst laut lautet lediglich lehnt lehnte lehrer
lehrerin lehrkraft leid leider liegen liegt lokale mailsystem man mehr melden meldet mich mieter mir mit mitarbeiter
mitarbeiterin mitgeteilt mitglied mitteilen mitteilung mittlerweile mitzuteilen mochten momentan muss mussen nach
nachfolgende nachfolgenden nachfolgender nachname nachricht nachrichten nachstehende nachstehenden nachstehender namen namens
neben nicht nichts nie niemals niemand noch nummer nunmehr nur nutzer oben obige obigen oder offenbar ohne pastor pensioniert
personen personliche personlicher pfarrer postfach praxis redaktion referent referentin registriert rentner richtige
ruhestand sagt sammelpostfach schicken schon schreiben schrieben schule schuler schulerin sehr sei seien sein seine seit
senden sie sind solch solche solchen solcher soll sollen somit stadt stadtverwaltung statt stehen stehende stehenden steht
studentin tatig tatsachlich teilen teilt telefon trotz tut uber ubermittelt ubermittelte ubermittlung unbekannt unbekannter
unbekanntes und ungultig universitat uns unser unsere unserem unseren unserer unseres unten unter unternehmen unzustellbar
ursache verein vergeben verlag verlassen vermerkt vermutlich versand versuchen versucht versuchten verwaltung verweigert
verwendete verwendeten verwendeter verwendetes verzeichnis vollstandige vom von vor vorgenannte vorgenannten vorgenannter
vorhanden vorherige vorname vorstehende vorstehenden wann war ware waren warum weder wegen weil welche welcher welches wem
wen wenden wenn wer werden wie wiederum wir wird wohl wollen wollten worden wurde wurden zentrale zudem zugehorige
zugehoriges zugeordnet zugeordnete zugestellt zugewiesene zugewiesenen zum zumindest zur zuruck zuruckgewiesen zurzeit
zustellen zustellung zwischen
""",
    "French": """
abonne acheminement actif actuellement adresses affecte agence agent agente ancien ancienne annuaire apparemment apres
attention attribue aucun aucune aucunement aussi automatique autre aux avant avec avez avis avons boite bonjour cabinet cela
celle celui celui-ci cependant ces cet cetait cette chaque cherche cherchee cherchez chez choisi choisie ci-dessus cite citee
collaborateur collaboratrice collectivite collegue comme completement compte concerne concernee connu connue conseil contacte
contactee contacter contre correspond correspondant correspondre courriel courrier dans definitivement deja delivre demande
demandee depuis derriere desactive designe designee desole desolee desormais destinataire destinataires distant distribue
distribution doit domaine donc donne donnee dont echec ecole ecrire ecrit ecrivez editeur editions effectifs effectivement
egalement electronique eleve elle elles employe encore enregistre enregistree enseignant entre entree entreprise envoye
envoyer erreur essaye essayez est etablissement etait ete etre etudiant etudiante eux existante existe existent fait
fonctionnelle fourni fournie fournis fut generale generique groupe hopital ici ils inconnu inconnue indique indiquee informer
informons interlocuteur invalide jamais joindre jusqu laquelle lequel les lettres leur leurs ligne livraison livre lors lui
lycee madame mairie mais maitre malheureusement meme mentionne mentionnee merci messagerie ministere mlle mme moi mon
monsieur motif n'a n'est n'existe n'ont nom nomme nommee nos notre nous nul numero ont organisme ouverte par parait parce
pareil pareille partagee pas personne peut peuvent peux plus plusieurs pour precisee precite precitee prefecture professeur
puisque quand que quelconque question qui quitte raison recherche recherchee reconnu reconnue reference referencee refusee
rejete rejetee remis remise renseigne renseignee renseignes repond reponse saisi saisie saisissez salarie salariee sans selon
semble sera serait serveur service ses signale signalent simplement societe sollicite sollicitee son sont souhaite souhaitee
souhaitez sous specifie specifiee suivant suivante supprime supprimee sur susmentionne susmentionnee systeme tel telle telles
tels tentez titulaire toi totalement toujours tous tout toute toutefois toutes travaillait travaille trouve trouvee trouver
une universite utilisateur utilisateurs utilise utilisee valide valides vers veuillez visee visiblement voici vos votre
voulez vous
""",
    "Spanish": """
abandonado activa activo actualmente agencia alli alumno ante anterior antigua antiguo aparentemente aqui asignada asignado
aun automatico aviso ayuntamiento bajo buscada buscado buzon cada casilla causa citada citado cliente colaborador colegio
como companera companero compania compartida compartido con consejo consultada consultado contactada contactado contactar
correo correos corresponde cual cuales cuando cuenta cuestion cuyo dada dado debe definitivamente dejado del
desafortunadamente desconocida desconocido desde deseada deseado despacho destinatario destinatarios destino detras direccion
direcciones directorio dominio durante electronica electronico elegida elegido embargo empleada empleado empresa encontrada
encontrado encontrar encuentra entrega entregado entregar entregarse enviada enviado enviar envio era esa escogida escogido
escribe escribio escribir escrita escrito escuela ese especificada especificado esta estan este esto estos estudiante
exempleado existen facilitada facilitado facultad fallo favor fue generica gracias grupo hacia han hasta hay hemos indica
indicada indicado ingresada ingresado instituto intenta intentado intentando introducida introducido invalida invalido
lamentablemente lamentamos las los mas mediante mencionada mencionado mensaje mensajes ministerio mismo motivo nadie ningun
ninguna ninguno ningunos nombrada nombrado nombre nosotros nuestra nuestro nunca organizacion otra otro para parece pedida
pedido pero persona pertenece podido por porque previamente profesor profesora proporcionado pudo puede pueden pues quien
razon realmente rechazada rechazado referida referido registrada registrado remoto responde respuesta segun seleccionada
seleccionado semejante senalada senaladas senalado senor senora sentimos servicio servidor sido siempre siendo simplemente
sin sistema sobre solicitada solicitado solicitados solo sra suministrada suministrado sus tal tales tambien tampoco tecleada
tecleado tenemos tiene titular toda todas todavia todo todos trabaja trabajar tras una universidad unos usada usado usted
ustedes usuario usuarios utilizada utilizado valida valido
""",
    "Portuguese": """
ainda algum alguma aluna aluno anterior antiga antigo aparentemente ate ativa ativo atras atribuido atual atualmente caixa
camara citada citado colega com companhia compartilhada conselho conta contatada contatado contatar correio deixou
desconhecida desconhecido desejada desejado destino deve digitada digitado diretorio dos eletronica eletronico encontra
endereco enderecos entanto entregue erro escola escolhida escolhido escrever escreveu escrita essa esse estudante existem
faculdade falha foi fornecida fornecido funcionaria funcionario infelizmente informada informado inserida isto mencionada
mencionado mensagem mensagens mesmo nao nas nenhum nenhuma ninguem nome nossa nosso obrigado organizacao outra outro pedida
pedido pela pelo pertence pessoa pode podem pois postal prefeitura pretendida pretendido procurada procurado professora quais
qual qualquer quando quem questao razao realmente recusado referida referido rejeitado resposta saiu sao selecionada
selecionado sem semelhante sempre sendo senhor senhora servico seu simplesmente sob sua tais tal tambem tem temos tentando
tentou trabalha uma universidade usada usado utilizada utilizado utilizador visada voce
""",
    "Italian": """
abbandonato abbiamo agenzia alcun alcuna alcuno alla allievo allo altro anche ancora apparentemente appartiene assegnata
assegnato ateneo attiva attivo attuale attualmente avviso azienda casella cerca cercando cercata cercato che chi citata
citato collaboratore collega come comune condivisa consegna consegnare consegnata consegnato consiglio contattare contattata
contattato corrisponde cui dal dalla degli dei della delle dello desiderata desiderato destinatari destinazione dietro
digitata dipendente ditta docente dopo dott effettivamente elenco elettronica elettronico ente entro errore esiste esistono
essere facolta favore fino fornita fornito gli grazie gruppo hanno immessa indicata indicato indirizzi indirizzo inesistente
inserita inserito inviare inviata inviato istituto lasciato lavora lei locale mai menzionata menzionato messaggi messaggio
ministero nel nella nessun nessuna nessuno noi non nostra nostro ogni organizzazione ospedale perche piu poiche possono posta
precedente predetto presso prima professore professoressa puo purtroppo qua quale quali qualsiasi quel quella questa
questione questo ragione realmente recapitare recapito registrata registrato richiesta richiesto rifiutata rifiutato
riportata riportato risponde risposta risulta scelta scelto sconosciuta sconosciuto scritto scrive scrivere scuola secondo
selezionata selezionato sembra semplicemente servizio siamo sig signor signora simile societa sono sopraindicata
sopraindicato sotto specificata specificato spiacenti stata stati stato stesso studente studentessa studio suddetta suddetto
sul suo tale tali tentato titolare tra trasferito trova trovare trovata trovato tutta tuttavia tutte tutti tutto universita
uno utente utenti utenza utilizzata utilizzato voi vostro
""",
    "Dutch": """
aan aangegeven aangeschreven achter actief actieve adres afdeling afgeleverd algemene als altijd antwoord antwoordt bedoelde
bedrijf bekend bekende benaderde bereiken bericht berichten bestaan bestaat betreffende bewuste bezorgd bezorgen bezorging
bij blijkbaar bovengenoemde bovenstaande contacteren daadwerkelijk daar daarom dat definitief dergelijk dergelijke
desbetreffende deze dhr dienst dit docent domein door doorgegeven dus echter een eenvoudig eerder elk elke enig enige enkele
faculteit fout geadresseerde gebruiker gebruikte gedeelde geen gekozen geldig geldige gemeente genoemde geregistreerd
geselecteerde gespecificeerde gestuurd gevonden gevraagde geweigerd gewenst gewenste gewoon gezochte haar hadden hebben heeft
heer helaas het hij hoe hoort hun iemand iets ingevoerde instituut jouw kan kantoor kennelijk klant kon laat leerling leidt
ligt maar mag medewerker medewerkster meer melding meldt met mevr mevrouw mijn ministerie moet moeten mogen momenteel naam
naar nadat niet niets nog nooit omdat onbekend onbekende onder onderstaande ongeldig ons ontvanger onze ook oorzaak opgegeven
organisatie oud oud-medewerker oude persoon postbus postvak praktijk probeerde probeert provincie reden reeds schreef
schrijven sinds soortgelijke spijt staan staat stichting sturen systeem tegen teruggestuurd tijdens toegewezen tot tussen uit
universiteit van vereniging verlaten vermelde vertrokken verzenden verzonden vinden vindt volgende volgens voor voordat waar
waarom wanneer wat waterschap weigert welke werd werkelijk werkt werkzaam wij wil willen wordt zal ziekenhuis zij zijn zonder
zulk zulke zullen
""",
    "Polish": """
adresat aktualna aktualne aktualnego aktualnej aktualnemu aktualny aktualnym aktywny albo ale beda bedzie bez biuro blad brak
byl byla bylego byli bylo byly chwilowo cos dana dane danego danej danemu dany danym dawny definitywnie dla dlaczego docelowa
docelowe docelowego docelowej docelowemu docelowy docelowym domena dostarczona dostarczyc dziekujemy faktycznie firmie gdyz
gdzie gmina inny instytut istnieja istnieje jak jako jednak jego jej jest juz kazdy kiedy klient kolega ktora ktore ktory
ktos lub miedzy ministerstwo moze mozna musi nad nadal najwyrazniej nalezy nasz nasza nasze naszej naszym nauczyciel nazwa
nazwie nic niestety nigdy nikogo nikt niniejsza niniejsze niniejszego niniejszej niniejszemu niniejszy niniejszym numer
obecnie odbiorca odnosna odnosne odnosnego odnosnej odnosnemu odnosny odnosnym odpowiada odpowiednia odpowiednie
odpowiedniego odpowiedniej odpowiedniemu odpowiedniy odpowiedniym odpowiedz odrzucil odrzucono odszedl okreslona okreslone
okreslonego okreslonej okreslonemu okreslony okreslonym ona oraz organizacja osoba pan pana pani poczta poczty podana podane
podanego podanej podanemu podany podanym podczas poniewaz ponizsza ponizsze ponizszego ponizszej ponizszemu ponizszy
ponizszym powinien powod powyzsza powyzsze powyzszego powyzszej powyzszemu powyzszy powyzszym pracownica pracownik pracuje
prawdopodobnie prawidlowy prostu prosze przed przepraszamy przez przyczyna przypisany rowniez serwer serwerze skrzynka stale
systemie szkola szpital szukana szukane szukanego szukanej szukanemu szukany szukanym taka taki takie takiego takiej takim
tam tego tej ten tutaj tych tylko tym uczelni uczelnia uczen urzad uzytkownik wasz wciaz wedlug wiadomosc wiadomosci wiec
wlasciwa wlasciwe wlasciwego wlasciwej wlasciwemu wlasciwy wlasciwym wpisana wpisane wpisanego wpisanej wpisanemu wpisany
wpisanym wprowadzone wprowadzonej wprowadzonemu wprowadzonym wskazana wskazane wskazanego wskazanej wskazanemu wskazany
wskazanym wspomniana wspomniane wspomnianego wspomnianej wspomnianemu wspomniany wspomnianym wszystkie wybrana wybrane
wybranego wybranej wybranemu wybrany wybranym wydzial wymieniona wymienione wymienionego wymienionej wymienionemu wymieniony
wymienionym wyslac wyslana wyslano wyszczegolniona wyszczegolnione wyszczegolnionego wyszczegolnionej wyszczegolnionemu
wyszczegolniony wyszczegolnionym zadane zadanego zadanej zadanemu zadanym zarejestrowany zatem zawsze znaleziono znaleziony
znany zostal zostala zostalo zostaly
""",
    "Russian and Ukrainian": """
netu polzovatelya suschestvuet takogo takoi абонент адрес адреса адресат аккаунт активен без более больница больше буде будет
будут бывшая бывшего бывшии был была были было більше вам вами вас ваш ваша ваше вашего введенная введенное введеннои
введенному введенныи вероятно вже видимо вказана вказане вказании все всегда вуз выбранная выбранного выбранное выбраннои
выбранному выбранныи вышеуказанная вышеуказанного вышеуказанное вышеуказаннои вышеуказанному вышеуказанныи вышеупомянутая
вышеупомянутого вышеупомянутое вышеупомянутои вышеупомянутому вышеупомянутыи відомии где господин госпожа данная данного
данное данному данныи деиствителен деиствительно для должен домен доставить доставка доставлено другои діиснии его ему есть
желаемая желаемого желаемое желаемои желаемому желаемыи завжди заданная заданного заданное заданнои заданному заданныи
зазначена зазначении запись запитании запрошенная запрошенного запрошенное запрошеннои запрошенному запрошенныи
зарегистрирован здесь знаидено известен извините или имеет имел именем имеют ими имя институт иого искомая искомого искомое
искомои искомому искомыи каждыи как кем клиент когда кожен коли коллега компании компания конкретная конкретного конкретное
конкретнои конкретному конкретныи користувач которои которому кто лист лише между меня министерство мне може может можно
мэрия між навсегда над названная названного названное названнои названному названныи назначен наиден наидено нам нами
написать нас настоящая настоящого настоящое настоящои настоящому настоящыи наш наша нашего нашеи нашем нашого нашому нема
немає нет нижеуказанная нижеуказанного нижеуказанное нижеуказаннои нижеуказанному нижеуказанныи никогда никого никто ничего
номер нужная нужного нужное нужнои нужному нужныи ніхто обрана обрании однако она они организации организация ответ отвечает
отдел отклонено отклонил отправить ошибка перед письма письмо пишете по-прежнему под получатель пользователь потому почему
почта почтового почтовыи почты поштова поштовии поэтому преподаватель при причина просим просто проте під работает своего
свою себя сервер сервере система системе скринька собои сожалению сообщение соответствующая соответствующого соответствующое
соответствующои соответствующому соответствующыи сотрудник сотрудница спасибо студент существует существуют так такая также
такии таких такого такое такои такому такою такоі там тебе тебя тем тобои того тои только том тому тот требуемая требуемого
требуемое требуемои требуемому требуемыи тут уволился уже указанная указанного указанное указаннои указанному указанныи
университет упомянутая упомянутого упомянутое упомянутои упомянутому упомянутыи ученик учетная фактически факультет фирма хто
цеи цим цього цьому цією человек чем через чому что школа электроннои электронныи эта эти этим это этого этои этом этому этот
эту яка яке якии якого ящик іншии існує
""",
    "Scandinavian, Finnish, Turkish, Czech, Slovak, Hungarian, Romanian, Greek, and others": """
acea aceasta acel acest acestui activ ada adi adinda adla adli adresa adresi adresinde adressen afviste ahol aina ait aki ako
aktif aktiivinen aktiv aktivni aktuella aktuelle alatt ali alltid alt altid ama ami anda anden andet andra angitte angivna
angivne annan antamasi anvandaren aranan arasinda arkasinda artik asagidaki asemenea astfel atau att avdeling avsak avsedda
avvisade ayrilan ayrildi bakom barmilyen baska begarda behem beirt belediye belirtilen berorda bet bila bio bir biri birim
bizim ble blev bohuzel bolaget bor boyle brevlada brugeren brukeren bulunan bulundu burada byt calisan cand care cautat cea
ceg cel ceva cilova cilove ciloveho cilovemu cilovy cilovym cimen cimhez cimzett cine cineva cislo contra cum cunoscut dan
dar dari degil dekujeme denne dessverre desvaerre det detta dette din disse ditt dotycna dotycne dotycneho dotycnemu dotycny
dotycnym dupa dylik dylikt e-mailova e-mailovy e-posta efter efterfragade egy egyetem ellen eller elott elutasitotta emlitett
enaa enhet ennen eposta erintett ervenyes ett ettei etter etterspurte ezen faktisk faktiskt fakulta fara felett fenti fiecare
findes finna finner finnes finns firmaet firmet foljande fordi forening forespurte foretag foretaget fost fra fran fundet
funnet gasit gecen gecerli gerekir gibi giltig girdiginiz gyldig hade haettu har hastane hedder hedef henkilo herhangi heter
hicbir hittades hittar hledana hledane hledaneho hledanemu hledany hledanym hogskolan hogy hogyan hon horer hos hur hvem hver
hvert hvilken hvor hvordan hvorfor icin icinde icke ifyllda ikke ikkje ile ilgili ili ilman ilmoitettu ilyen imot inainte
indicat ingen inget ini innan inregistrat inte intotdeauna intre iny iskola ismert istenen itt itu jalkeen jeho jeji jiny jiz
johtaa jokainen joku jotain jsou kadar kaikki kami kancelar kand kanner kayitli kdo kell kender kendt keresett kerjuk kert
kimse kisi kiszolgalon kiszolgalonk kiszolgalonkon kivalasztott kjenner kjent kod kollega kommun kommune kontoen kontot
konusu korhaz koska koulu kovetkezo kozott ktera ktere ktery kuka kukaan kunne kunta kurum kurumdan kuuluu kyseinen laengere
lagi lahtenyt langre lehet lenger letezo litujeme loydy loytynyt lutfen lyder maa maalesef mainittu mar maste med medarbejder
medarbetare medzi megadott megjelolt meilla mellan mellem mellom men mentionat mert mezi miert mika mikaan mikor miksi
milloin minden mindig ministerstvo miten mod modtageren mot mottagaren mottakeren mutta muu muze naevnte nagon nagot najdeny
nalezen nalunk namnda nar nase nasem nasil nav nebo nebol nebola nebolo nebyl nebyla nebylo nedanstaende neden nedenstaende
neexistuje nelkul nem nemocnice neni nera nerede nevnte nevu nevvel neznama nije nikdo nikoho nikto nimella nimeni nimic
nimista nincs noastra noe nogen noget nostru numar numara obec och odmitl odpovida okand okul olabilir olan olarak ole oli
olyan omtalt omtalte onkormanyzat onnek onskade onskede onun oplyste oppgitte osoite osoitetta osoitteessa oss ova ovaj ovan
ovannamnda ovanstaende ovat ovenfor ovennaevnte ovenstaende ovo oyle pacate pagaeldende palvelimella palvelimen peste platny
poate pocas postlada pozadovana pozadovane pozadovaneho pozadovanemu pozadovany pozadovanym pred pri primarie prirazeny
prislusna prislusne prislusneho prislusnemu prislusny prislusnym pro prosim protoze pyydetty raspunde reddetti registrerad
registreret registrert registrovany regisztralt rendszerunkben respectiv respins sadan sadana sadanne sadant sairaala sajnos
sau schranka scoala secilen selectat sellainen sellaista semmi semmilyen senki serverech serveren servern serveru serwera
sina sirket sis sistemimizde sizin sjukhus ska skal skall skola skolan skole slik slike slikt slutat sluttet sokta solicitat
som sonra soz specificat specificerade spital spurte ste stiftelse sub sudah sunucuda sunucumuzda svarar svarer sygehus
sykehus syotetty systemu szam szerverunkon tai taj takana takato takova takove takoveho takovehoto takovy takyto takze
talalhato tallainen tallaista tama taman tanimli tas tassa tata tato taytyy teidan tento tidak til till tilldelad tillhor
tilsyneladende toate tocmai toto touto trebuie tunneta tunnettu tydligen tymto tyvarr uden ukendt ukjent unde universitate
universitet untuk uppenbarligen uppgivna urad urcena urcene urceneho urcenemu urceny urcenym urmatoarea utan uten
utilizatorul uvedena uvedene uvedeneho uvedenemu uvedeny uvedenym uzgunuz uzivatele vagy valaki valami valaszolt valda valgt
valgte valilla valitettavasti valittu var vardir vare varfor varje vart vas vase vastaan ved vem verdi veya vid vil vilken
ville virasto vise voimassa volt vores vreo vreun vsechny vsetky vybrana vybrane vybraneho vybranemu vybrany vybranym vzdy
yang yanit yazik yazilan yliopisto yoktur yritys yukaridaki zadana zadane zadanemu zadany zadanym zadna zadneho zadny zde
zijsku zminena zminene zmineneho zminenemu zmineny zminenym znamy αλλα αλλος απαντα απερριψε απο αποχωρησε αριθμος αυτη αυτην
αυτο αυτον αυτος βρεθηκε για γιατι γνωστος δεν διευθυνση διοτι εγκυρος ειναι ενα ενεργος εταιρεια εχει ηταν καθε και κανεις
κανενας καταχωρημενος κατω μετα μεταξυ μια μπορει νοσοκομειο ολα ονομα πανεπιστημιο πανω παρακαλω πια πλεον που πρεπει πριν
στη στο τετοια τετοιος την της τον του των υπαλληλος υπαρχει χρηστης χωρις
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
