"""Words for things that may be absent in place of the address: files, rules, servers and licences, also the recipient's own."""

OTHER_THINGS = (
    # a thing of the recipient's that is looked for, a role that it has not, a list that it was taken from
    (
        r"(?:locate|find|identify|match|resolve|know) (?:the |this |that |any |an? |your )?"
        r"(?:mail ?box|user|account|recipient|address|alias)(?:'s)? (?:\w{3,12} )?(?:servers?|stores?"
        r"|services?|nodes?|shards?|sessions?"
        r"|caches?|files?|folders?|objects?|class|types?|plans?|quota|rules?|filters?|polic(?:y|ies)|keys?|tokens?|agents?|certificates?"
        r"|profiles?|preferences?|settings?)\b"
    ),
    (
        r"(?:user|account|recipient|mail ?box|login) (?:of|for|in|on|behind) (?:this|the|that|your) (?:\w{3,12} )?"
        r"(?:session|connection|certificate|token|key|login|request|transaction|client|process|queue)\b"
    ),
    r"(?:known|registered|listed) as (?:an? |the )?(?:\w{3,12} )?(?:mail server|server|relay|sender|host|client|source)\b",
    r"(?:paid|premium|business|trial|pro) (?:plan|account|subscription|tier|licen[cs]e)\b",
    (
        r"(?:removed|deleted|struck|dropped|taken|erased) (?:from|off|out of) (?:the|this|that|our|your|an?|his|her) (?:\w{3,12} )?"
        r"(?:group|rule|cache|mailing list|distribution list|newsletter|thread|conversation|team|channel|queue|recipient list|cc"
        r"|envelope|header|white-? ?list|allow-? ?list|list of (?:allowed|permitted|trusted|senders))\b"
    ),
    r"(?:in|at) (?:this|the|that|an?|his|her) (?:\w{3,12} )?(?:meeting|phone call|conference|lecture|shift|break)\b",
    r"botnet",
    r"(?:found|known|listed|present) in (?:the |your |this )?(?:message|mail|header|body|text|envelope|letter)\b",
    r"(?:recipient|user|address|alias|account) (?:lists?|groups?|maps?) (?:was |is |could |can)?(?:not|n't) (?:be )?found\b",
    r"(?:key ?rings?|at (?:log-?[io]n|auth\w{0,11}|sasl|sign-?in))\b",
    (
        r"(?!mail|e-?mail|user|account|person|people|recipient|name|owner|company|employee|customer|inbox|box|nobody|anybody|one|man"
        r"|woman|student|colleague|member|is|was|are|stand)[a-z]{3,20}s?"
        r" behind (?:the |this |that |your )?(?:e-?mail )?(?:address|alias|@)"
    ),
    r"left (?:the|this|that) (?:\w{3,12} )?(?:group|list|channel|chat|meeting|call|conversation|thread|room|session)\b(?! of)",
    (
        r"(?:channel|(?:chat |meeting )?room|topic|queue|tenant|realm|(?:dns )?zone|workspace|namespace)s? (?:\S{1,64} ){0,4}"
        r"(?:not|doesn't|isn't|wasn't|couldn't|cannot|can't|unknown|invalid|missing|gone"
        r"|(?:was|were|is|been) (?:closed|deleted|removed))\b"
    ),
    r"(?:there (?:are|were) no recipients|recipients? list of)\b",
    r"look-?up error\b",
    r"in \.[a-z]\w",
    r"in (?:this|the|that|your) (?:\w{3,12} )?(?:group|chat|thread|conversation|channel|newsletter|campaign)\b",
    # the target of the recipient's own forward
    r"(?:alias|forward\w{0,4}|redirect\w{0,4}) targets?\b",
    r"(?:expands?|expanded) to (?!<?@)",
    r"(?:is |was )?(?:an )?alias (?:of|for|to) (?!<?@[>)]? ?(?:$|[.,;:]))(?!the |this |our |your )",
    # the one who logged in, and keys, folders and databases, in other languages
    r"(?:authentifi|autentific|autenticad|autenticat|uwierzyteln|авториз|аутентиф|angemeldete|aangemelde|ingelogde|inloggade|zalogowan)",
    r"(?:認証|认证|認證|인증된? ?)(?:ユーザ|用户|用戶|使用者|사용자)",
    (
        r"(?:送信者|送信元|差出人|发件人|發件人|寄件人|寄件者|발신자|보낸 ?사람|발송자)[の的의]? ?"
        r"(?:アカウント|アドレス|メールボックス|ドメイン|[账帐帳賬][户戶号號]|邮箱|郵箱|地址|域名|계정|주소|메일함|도메인)"
    ),
    r"(?:リスト|グループ|列表|名单|名單|그룹|목록)[の的의]? ?(?:管理者|管理员|管理員|관리자)",
    r"(?:[您你]的(?:地址|邮箱|郵箱|信箱|[账帐帳賬][户戶号號])|귀하의 ?(?:계정|주소|메일))",
    r"お客様の(?:メール)?(?:アカウント|アドレス)",
    r"(?:수신자|사용자|받는 ?사람)의? ?(?:공개 ?)?키[를을이가는]",
    r"(?:公開鍵|公钥|公鑰|私钥|공개 ?키)",
    r"(?:データベース(?=[がは])|(?:数据库|資料庫)(?![中里裡内內])|데이터베이스(?=[가는를]))",
    r"(?:veritaban.|klasör.|anahtar.)(?= )",
    r"znaleziono (?:baz|kluc|folder|serwer|szablon)",
    r"(?:database|databasen|databas|datenbank|base de données|base de datos|base de dados) (?:hittades|wurde nicht|introuvable)",
    r"(?:attached|enclosed|uploaded) (?:lists?|files?|tables?|documents?)\b",
    # the proof of a login, and what it does not fit
    (
        r"(?:login|from|envelope|credentials?|certificate|key|token|password|signature|cookie|header|helo) (?:\w{2,10} )?"
        r"(?:does not|doesn't|did not|do not) (?:match|fit|belong|identify)\b"
    ),
    (
        r"(?:with|for|under) (?:that|this|these|the|your) (?:\w{3,12} )?(?:password|credentials?|certificate|key|token|session|pin"
        r"|contract|licen[cs]e|ticket|order|booking)\b"
    ),
    r"resolve (?:the |this |your )?(?:host ?)?name\b",
    # what the recipient has not joined, and what it is not found to be
    (
        r"(?:(?:un)?registered|enrolled|signed up|subscribed) (?:for|to) (?:the|this|that|an?|your|our) (?:\w{3,12} )?(?:events?"
        r"|campaigns?|courses?|newsletters?|webinars?|conference|program(?:me)?|plan|mailing)\b"
    ),
    (
        r"(?:matched|identified|located|found|verified|recogni[sz]ed|known) (?:with|as|in|for|to|against) (?:an? |the |your )?"
        r"(?:human|bot|robot|contract|region|country|guilty|spam\w{0,4}|reading|want\w{0,3}|order)\b"
    ),
    # a column, a bank account, a conversation: what an absence may be said of beside the mailbox
    r"(?:table|relation|column|object|field|class|variable) (?:mail ?box|inbox)\b",
    (
        r"no such (?!user|recipient|mail|account|address|person|name|alias|member|subscriber|local|id\b|contact"
        r"|employee|customer|e-?mail)[a-z]{3,20} (?:in|of|on|for|at|to|from) (?:the |this |that )?"
        r"(?:mail ?box|user|account|recipient|address)\b"
    ),
    r"(?:first name|last name|surname|postcode|zip code|streets?)\b",
    r"(?:reverse|greeting|postal address|memberships?|bank (?:account|details))\b",
    r"(?:compte bancaire|cuenta bancaria|conta bancária|conto bancario|bankkonto|bankrekening|konto bankowe|банковский счёт)",
    (
        r"(?:conversation|ticket|session|thread|case|order|chat|contract|request|delivery|meeting|window|slot"
        r"|channel|registration|application)s? (?:with|of|for|about) "
        r"(?:\S{1,20} ){1,3}(?:is|was|has been|are) (?:now )?(?:closed|cancell?ed|terminated|removed|deleted|retired|expired)\b"
    ),
    # a thing of the recipient's: "mailbox plan not found", "destination network unknown"
    (
        r"(?:mail ?box|inbox|user|account|recipient|address|login|destination|customer|member|group|name|alias|home|domain|relay)"
        r"(?:'s)? "
        r"(?:(?:lock|index|quota|home|mail) )?(?:plan|path|index|file|servers?|ports?|network|family|balance|controller|type|class"
        r"|space|range|pool|stores?|storage|database|schema|folder|quota|limit|policy|rule|settings?|option|preference|permission"
        r"|role|token|key|session|cache|node|cluster|shard|replica|partition|volume|driver|agent|client|manager|filter|script"
        r"|template|profile|attribute|property|license|certificate|password|resolver|service|handler|queue|route|transport|gateway"
        r"|connector|proxy|engine|exchanger|daemon|back-?end|zone|region|tenant|locale|encoding) (?:\S{1,30} )?(?:(?:is"
        r"|was|are|has|had|does|do|could|can"
        r"|has been) )?"
        r"(?:not|n't|unknown|invalid|missing|closed|deleted|removed|locked|expired|gone|down|wrong|doesn't|isn't|cannot|couldn't)\b"
    ),
    (
        r"(?:server|shard|node|store|route|host|controller|partition) (?:for|of) \S{1,64} (?:is |was |could |does |has )?"
        r"(?:not|unknown|missing)\b"
    ),
    (
        r"(?<!in )(?:die|der|das|eine?|kein\w{0,2}|gültige?[rs]?)"
        r" (?:\w{4,12} )?\w{4,20}(?:datenbank|limit|tabelle|zertifikat|prüfung|richtlinie|warteschlange|klasse)\b"
    ),
    r"(?:server|serveur|servidor|сервер|serwer), (?:auf|sur|en|na|nel|su|op|wo|où|på)\b",
    (
        r"(?:im feld|das feld|le champ|du champ|el campo|del campo|il campo|nel campo|no campo|in het veld|w polu|в поле"
        r"|i fältet|i feltet)\b"
    ),
    r"(?:unlisted|unknown|unregistered|unidentified|invalid) (?:ips?|devices?|networks?|sources?|peers?|mx|clients?)\b",
    r"(?:不明な(?:エラー|理由|原因)|原因不明|未知(?:错误|錯誤|原因|的错误)|알 수 없는 ?(?:오류|에러|이유))",
    r"\bkeys? (?:for|of|server)\b",
    (
        r"(?:unbekannte\w?|onbekende|nieznan\w{1,3}|nezn.m\w{1,3}|ok.nt|ukendt|ukjent|неизвестн\w{2,3}|невідом\w{1,3})"
        r" (?:fehler|grund|ursache|fout|reden|b..d|chyba|d.vod|fel|fejl|feil|ошибк|причин|помилк)"
    ),
    (
        r"(?:erreur|raison|error|causa|motivo|errore|erro)"
        r" (?:inconnue?|ind.termin.e|desconocid[oa]|desconhecid[oa]|sconosciut[oa])\b"
    ),
    (
        r"(?:\w{0,20}prüfung|v.rification|verificaci.n|verifica|verifica..o|controle|weryfikacj\w|проверк\w|ov..en.)"
        r" (?:\S{1,14} ){0,3}(?:nicht|impossible|imposible|impossibile|imposs.vel|niet|niemożliw|невозможн|nen.|.chou|fehl)"
    ),
    r"(?:not|nothing) (?:an? |to do with (?:an? )?|about (?:an? )?|because of (?:an? )?)(?:unknown|invalid|non-?existent|bad)\b",
    # a thing for, with or of the recipient: a file, an order, a key
    (
        r"(?<!\w)(?!empf|nutz|benutz|adress|postf|konto|kennung|box|mail|e-mail|nachricht|brief|zustell|auslief|weiterl|eintr|dies|kein)"
        r"\w{4,30} (?:für|mit|zum) (?:den |dem |diese\w{1,2} )?(?:empf\w{1,2}nger|benutzer|nutzer|adressaten|kunden)\b"
    ),
    (
        r"(?<!\w)(?!mail|e-mail|email|message|courri|envoi|livrai|distrib|remise|adress|bo[iî]te|compte|destinat|utilisat|aucun|abonn|lettre)"
        r"[\w-]{4,30} (?:avec|vers|pour) (?:l.|le |un |cet? )?(?:destinat|utilisat|abonn|client)"
    ),
    (
        r"(?<!\w)(?!mail|e-mail|email|mensa|correo|entrega|env[ií]o|direcci|buz|cuenta|casilla|usuari|destin|conta|caixa|ender|messag|posta"
        r"|consegn|invio|casell|indiriz|utent|account|nessun|ning|nenhum)"
        r"\w{4,30} (?:al|con|para|com|per|ao) (?:el |o |l.|un |il |este )?(?:destinat|usuari|usuári|utent|client|abonad)"
    ),
    (
        r"(?<!\w)(?!mail|e-mail|email|bericht|bezorg|aflever|adres|gebruik|ontvang|postbus|postvak|account|geen|brievenbus|mailbox)"
        r"\w{4,30} (?:met|voor|van) (?:de |het |een |deze )?(?:gebruiker|ontvanger|geadresseerde|klant)"
    ),
    r"(?:plik|dokument|zamówieni|klucz|certyfikat)\w{0,3} (?:użytkownika|odbiorcy|adresata)",
    r"(?:soubor|dokument|klíč|objednávk|súbor)\w{0,3} (?:uživatele|příjemce|adresáta|používateľa|príjemcu)",
    r"(?:файл|документ|ключ|заказ|договор)\w{0,3} (?:получателя|пользователя|адресата)",
    r"(?:kullan\wc\w|al\wc\w)\w{0,5} (?:dosya|belge|anahtar|sertifika)",
    r"(?:címzett|felhasználó) (?:fájl|dokumentum|tanúsítvány)",
    r"(?:受信者|受取人|宛先|ユーザー?|利用者)の(?:ファイル|文書|予約|注文)",
    r"(?:收件人|用户|用戶|使用者)的?(?:文件|档案|檔案|订单|訂單|预订|預訂)",
    r"(?:수신자|받는 ?사람|사용자)의? ?(?:파일|문서|예약|주문)",
    r"(?<!\w)(?!adress|postf|konto|kennung|box|mail|e-mail|name|server|system|host)\w{4,30} des (?:kunden|mitarbeiters)\b",
    # licences, rules, keys, certificates, lists of senders and parts of a message, which "unknown" and "not found" may be said of
    r"(?:lizenz|licence|licencia|licenza|licença|licentie|licencj|licenc|licens|lisens|лицензи|ліценз)",
    r"(?:zertifikat|certificat|certificado|certificato|certificaat|certyfikat|certifikát|certifikat|sertifikat|сертификат)",
    r"(?:schlüssel|clé|clef|clave|llave|chiave|chave|sleutel|klucz|klíč|nyckel|nøgle|nøkkel|ключ)",
    r"(?<!der )(?:\w{0,20}regel|règle|regla|regola|regra|reguł|pravidl|правил(?!ьн))",
    r"(?:richtlinie|politique|política|política|criterio|beleid|политик)",
    r"(?:signatur|firma digital|assinatura|handtekening|podpis|подпис)",
    r"(?:passwort|kennwort|mot de passe|contraseña|senha|wachtwoord|hasł|heslo|lösenord|парол)",
    r"(?:anhang|anhäng|pièce jointe|adjunto|allegat|anexo|bijlage|załącznik|příloh|bilaga|вложени)",
    r"(?:kopfzeile|betreff|en-tête|encabezado|intestazione|cabeçalho)",
    r"(?:positiv|negativ|sperr|erlaubnis|absender|frei|vit|svart)list",
    r"liste (?:blanche|noire|grise|d.attente|d.exp|des exp|d.autoris)",
    (
        r"lista (?:blanca|negra|gris|branca|bianca|nera|grigia|de (?:remitentes|remetentes|espera|bloque)|dei mittenti"
        r"|degli autorizzati)"
    ),
    r"(?:witte|zwarte) lijst",
    r"(?:biał|czarn|bíl|čern)\w{1,3} (?:list|seznam)",
    r"(?:белый|белого|белом|чёрный|черный|черном|серый) спис",
    # something else of the recipient: "the rule of the recipient was not found" says nothing of the address
    (
        r"(?!adress|postf|konto|name|benutz|nutzer|empf|mail|e-mail|account|kennung|box|domain|domäne)\w{3,30} (?:des|vom) "
        r"(?:\S{1,12} )?(?:empf.ngers|benutzers|nutzers|adressaten|kontos|postfach|teilnehmers)"
    ),
    (
        r"(?!adress|pedid|demand|richiest|petici|solicit|compte|cont[ao]\b|cuenta|account|bo[iî]te|buz|casilla|casell|caixa|nom\b|nome\b|nombre|identifi|mail|email|e-mail"
        r"|courriel|correo|correio|posta\b|.lectr|eletr|elettr|direcci|indirizz|endere|utilisat|usuari|usuári|utent|dom[ai]i?n"
        r"|domínio|destinat)\w{3,30} (?:du|des|de|del|dell.|della|degli|dei|di|do|da|dos)(?: l.| la| los)? ?"
        r"(?:destinat|utilisat|usuari|usuári|utent|abonn)"
    ),
    (
        r"(?:recipient|user|addressee|subscriber|account|customer(?!'s director))(?:'s|s') "
        r"(?!e-?mail|mail|address|account|name|user|inbox|(?:own )?(?:request|wish)"
        r"|destination|id\b|domain|mbox|box|full|local)[a-z]"
    ),
    (
        r"(?:folder|target|key|route|tag|pipe|command|certificate|licen[sc]e|signature"
        r"|shard|policy|filter|script|rule|profile|plan|database|server|host|store|partition|volume|disk"
        r"|container|pool|relay) (?:of|for) (?:the |this |that )?(?:recipient|user|mailbox|account|address|@)"
    ),
    (
        r"(?:mottagarens|modtagerens|mottakerens|användarens|brugerens|brukerens) (?!adress|mail|e-post|e-mail|epost|konto|post"
        r"|brevl|namn|navn|inkorg|indbak|innboks|domän|domæne)\w"
    ),
    r"(?:vastaanottajan|käyttäjän) (?!osoit|sähköp|tili|postil|nim|verkkotun)\w",
    r"(?!adres|cont|căsu|nume|mail|email|e-mail|poșt|electr|domeni)\w{3,30} (?:destinatarului|utilizatorului)",
    r"(?:folder|filtr|reguł|katalog|profil|grup)\w{0,3} (?:użytkownika|odbiorcy|adresata)",
    r"(?:složka|filtr|profil|adresář|priečinok) (?:uživatele|příjemce|adresáta|používateľa|príjemcu)",
    r"(?:папка|фильтр|правило|каталог|профиль|группа) (?:получателя|пользователя|адресата)",
    r"(?:διακομιστής|φάκελος|κανόνας|φίλτρο) του (?:παραλήπτη|χρήστη)",
    r"(?:címzett|felhasználó) (?:kiszolgáló|szerver|mapp|szabály|kulcs|szűrő)",
    # a machine, a table or a target that is the recipient's
    (
        r"(?:\w{0,20}server|\w{0,20}datenbank|\w{0,20}ziel|\w{0,20}dienst|\w{0,20}verbindung|konnektor)"
        r" (?:des|der|vom|von|für|zum|zur) (?:\S{1,12} )?(?:empf|benutz|nutzer|adressat|postf|konto|anwend)"
    ),
    (
        r"(?:serveur|base de données|base|connecteur|cible|service|hôte)"
        r" (?:du|des|de l.|de la|de) ?(?:destinat|utilisat|bo[iî]te|compte|abonn|client)"
    ),
    (
        r"(?:servidor|base de da[td]os|base|banco de dados|conector|destino|servicio|serviço)"
        r" (?:del|de la|de los|de|do|da|dos) (?:destinat|usuari|usuári|buz|cuenta|conta|caixa|client)"
    ),
    (
        r"(?:server|database|base dati|banca dati|connettore|destinazione|servizio)"
        r" (?:del|dell.|della|degli|dei|di) ?(?:destinat|utent|casell|account|client)"
    ),
    r"(?:server|database|connector|dienst) van (?:de |het )?(?:gebruik|ontvang|geadress|postbus|klant)",
    r"(?:serwer|baza|baza danych|usługa) (?:użytkownik|odbiorc|adresat|skrzyn|kont)",
    r"(?:server|databáze|služba) (?:uživatel|příjemc|adresát|schrán|používateľ)",
    r"(?:servern|databasen|tjänsten|serveren) (?:för|for|til|till) (?:mottag|modtag|använd|bruger|bruker)",
    r"(?:сервер|база|база данных|служба) (?:получател[яе]|пользовател[яе]|адресата|абонент|почтов)",
    r"(?:al\wc\w|kullan\wc\w|hesap)\w{0,8} (?:sunucu|veritaban|servis|klasör|filtre|kural)",
    r"(?:受信者|受取人|宛先|ユーザー?|利用者)の(?:サーバ|データベース|サービス|フォルダ|フィルタ|ルール|証明書|ライセンス|鍵)",
    r"(?:收件人|用户|用戶|使用者)的?(?:服务器|伺服器|数据库|資料庫|服务|服務|文件夹|資料夾|过滤|規則|规则|規則|证书|許可)",
    r"(?:수신자|받는 ?사람|사용자)의? ?(?:서버|데이터베이스|서비스|폴더|필터|규칙|인증서|라이선스)",
    r"(?:ライセンス|証明書|ルール|規則|ホワイトリスト|ブラックリスト|署名|添付|许可证|許可證|パスワード|密码|密碼|비밀번호|证书|證書|密钥|密鑰|规则|規則|白名单|白名單|黑名单|黑名單|签名|簽名|附件)",
)
"""Words for another thing that is absent: "mailbox plan not found", "the recipient's certificate is unknown"."""
