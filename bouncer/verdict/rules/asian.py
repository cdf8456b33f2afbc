"""Phrases of servers in Japanese, Chinese and Korean: KDDI, docomo, Notes; Tencent, NetEase, Coremail; Naver, Daum."""

from bouncer.verdict.rules.rule import Rule
from bouncer.verdict.verdict import Reason

SENDER = (
    Rule(
        "sender-rejected-asian",
        Reason.SENDER_REJECTED,
        "RFC 3463 X.1.7 and X.1.8 in other words; Tencent, NetEase, Naver, KDDI: before what is said of recipients and domains",
        (
            r"(?:送信者|送信元|差出人|発信者|発信元)[^宛受、。]{0,20}(?:見つかりません|見つからな|存在しま?せん|存在しない|不明|無効|拒否|ありません|許可)",
            r"(?:发件人|发信人|發件人|寄件者|寄件人|发送者|发件方|发送方|發信人)[^收对用。]{0,12}(?:不存在|找到|找不到|无效|無效|不正确|拒绝|拒絕|拒收|未知|不允许|未授权|没有权限)",
            r"(?:不存在|无效|無效|未知)的?(?:发件人|发信人|寄件者|发送者)",
            r"(?:您的|你的)(?:邮件)?(?:地址|邮箱|域名|帐号)[^收,、。]{0,8}(?:不存在|无效|未知|被拒)",
            r"(?:あなた|貴社|貴方)の(?:メール)?(?:アドレス|ドメイン|サーバー?)[^宛受、。]{0,12}(?:存在しま?せん|見つかりません|不明|無効|拒否)",
            r"(?:보낸 ?사람|보내는 ?사람|발신|송신)[^수받,.]{0,15}(?:없|존재하지|찾을 수|잘못|거부|차단|알 수)",
            r"(?:メール|受信).{0,12}(?:希望して(?:い)?ません|希望しない|望んで(?:い)?ません)",
            r"(?:不想|不愿意?|不希望)(?:再)?(?:收|接收)",
            r"(?:메일|메시지).{0,10}원하지 ?않",
            r"(?:会員|メンバー|購読者)(?:のみ|だけ|限定)",
            r"(?:仅限|只有|仅|僅限)(?:成员|会员|成員|會員|订阅者)",
            r"(?:회원|멤버|구독자)(?:만|에 한)",
            r"收件人.{0,10}(?:发件人|发信人|寄件者).{0,8}(?:黑名单|黑名單|拒收|屏蔽)",
        ),
    ),
    Rule(
        "reputation-asian",
        Reason.BAD_REPUTATION,
        "Tencent, NetEase, Aliyun: the sending host or domain is on a list",
        (
            r"(?:黑名单|黑名單|信誉|信譽)",
            r"ブラックリスト",
            r"블랙 ?리스트",
            r"(?:ip|服务器|主机).{0,10}被(?:拒绝|封|拦截|屏蔽)",
            r"(?:ip|서버).{0,30}차단",
            r"(?:网络|網路|ネットワーク|네트워크|服务器|伺服器|サーバー?).{0,15}(?:封禁|禁止|封锁|封鎖|금지)",
        ),
    ),
)

RULES = (
    Rule(
        "message-larger-asian",
        Reason.MESSAGE_TOO_LARGE,
        "notices of gateways: it is the message whose size is over a limit, not the mailbox",
        (r"(?:メール|メッセージ|添付)[^ボ箱]{0,6}サイズ.{0,20}(?:超え|超過|上限|制限|大き)",),
    ),
    Rule(
        "mailbox-full-asian",
        Reason.MAILBOX_FULL,
        "Exchange 5.2.2 in each language; Tencent, NetEase, Naver",
        (
            r"(?:メールボックス|受信トレイ|受信箱|ディスク).{0,20}(?:いっぱい|一杯|満杯|容量)",
            r"(?:容量|(?<!メール)(?<!メッセージ)サイズ|上限).{0,20}(?:超え|超過|オーバー|一杯|いっぱい)",
            r"(?:超出|超过|超過).{0,6}(?:配额|配額|容量|限额|空间)",
            r"(?:邮箱|信箱|郵箱|空间|容量|空間).{0,20}(?:已满|已滿|不足|超出|超过|超過|满了)",
            r"(?:사서함|편지함|메일함|용량).{0,20}(?:가득|초과|꽉)",
        ),
    ),
    Rule(
        "bad-domain-asian",
        Reason.BAD_DOMAIN,
        "Exchange 5.4.4 and 5.4.310 in each language; Tencent (the domain cannot be resolved)",
        (
            r"ドメイン.{0,20}(?:見つかりません|存在しま?せん|存在しない)",
            r"(?:域名|网域|網域).{0,20}(?:不存在|无法解析|找不到|错误)",
            r"도메인.{0,20}(?:없|존재하지|찾을 수)",
        ),
    ),
    Rule(
        "account-closed-asian",
        Reason.CLOSED_ACCOUNT,
        "Tencent, NetEase, Aliyun (given back), KDDI, Nifty, Naver (left)",
        (
            r"(?:用户|用戶|邮箱|帐号|账号|帳號|账户|帐户|信箱|收件人).{0,10}(?:注销|註銷|已删除|已刪除|离职|離職|销户)",
            r"(?:アカウント|アドレス|ユーザ|メールボックス).{0,20}(?:削除|退会|退職|解約|閉鎖|廃止|使われておりません|使用されており?ま?せん)",
            r"(?:탈퇴|삭제된|해지된) ?(?:회원|계정|사용자|아이디|주소)",
            r"(?:계정|메일함|사서함|편지함|주소|아이디).{0,15}(?:삭제|해지|폐쇄|말소)",
            r"(?:퇴사|퇴직)(?:하|한|했|자|로)",
            r"(?:員工|员工|职员|職員|同事|教师|老师).{0,15}(?:离职|離職|调离|退休|离开)",
            r"(?:邮箱|帐号|账号|帳號|账户|帐户|信箱|郵箱|地址).{0,10}(?:注销|註銷|删除|刪除|取消|撤销|关停)",
            r"(?:社員|担当者|職員|先生|本人|利用者).{0,15}(?:退職|退社|異動|辞め|卒業)",
        ),
    ),
    Rule(
        "unknown-user-asian",
        Reason.INVALID_RECIPIENT,
        "Exchange 5.1.1 and 5.1.10 in each language; KDDI, docomo, Domino; Tencent, NetEase, Sina; Naver, Daum",
        (
            r"(?:アカウント|メールボックス).{0,20}(?:見つかりません|見つからな|存在しま?せん|存在しない)",
            r"(?:メール)?アドレス[^:]{0,30}(?:見つかりません|見つからな|存在しま?せん|存在しない|ありません|無効)",
            r"(?:宛先|受信者|ユーザ|あて先)[^:]{0,40}(?:見つかりません|見つからな|存在しま?せん|存在しない|不明|ありません|(?<![てで])いません)",
            r"アドレスの.{0,12}(?<![てで])いません",
            r"ディレクトリ.{0,10}見つかりません",
            r"(?:用户|用戶|收件人|邮箱|邮件地址|地址|帐号|账号|信箱|使用者|帐户|账户|帳號|帳戶|收件者|郵箱).{0,20}(?:不存在|未找到|找不到|无效|無效|不正确|未开通|有误)",
            r"(?:找不到|不存在|没有|查无|查無|無此|无此|无效|無效|未知|错误).{0,10}(?:用户|收件人|收件者|邮箱|地址|使用者|帳號|账号|信箱|此人)",
            r"(?:사용자|수신자|수신인|받는 ?사람|메일 ?주소|주소|계정|아이디|리스트|그룹)[^:]{0,30}(?:없|존재하지|찾을 수|잘못)",
            r"(?:邮件列表|郵件列表|群组|群組|メーリングリスト).{0,20}(?:不存在|找不到|存在しま?せん|存在しない|見つかりません|ありません)",
            r"탈퇴(?:한|된) ?(?:회원|사용자|계정|고객)",
            r"कोई .{0,20}(?:उपयोगकर्ता|खाता|प्राप्तकर्ता).{0,12}नहीं",
            r"(?:لا يوجد|لم يتم العثور على) .{0,12}(?:مستخدم|حساب|مستلم|صندوق)",
            r"לא נמצא (?:משתמש|נמען|חשבון|תיבה)",
            r"(?:ไม่มี|ไม่พบ) ?(?:ผู้ใช้|ผู้รับ|บัญชี|ที่อยู่อีเมล|กล่องจดหมาย)",
            r"(?:존재하지 ?않는|없는|알 수 없는) ?(?:사용자|수신자|주소|계정|아이디|메일)",
        ),
    ),
    Rule(
        "account-inactive-asian",
        Reason.ACCOUNT_INACTIVE,
        "Tencent, NetEase, Naver (dormant accounts), KDDI",
        (
            r"(?:用户|邮箱|帐号|账号|帐户|账户|帳號|帳戶).{0,20}(?:停用|禁用|锁定|冻结|被封|关闭)",
            r"(?:휴면|사용 ?정지|이용 ?정지|사용이 ?중지|사용 ?중지)",
            r"(?:アカウント|利用).{0,20}(?:停止|無効化|無効です)",
        ),
    ),
    Rule(
        "recipient-moved-asian",
        Reason.RECIPIENT_MOVED,
        "notices of administrators: the new address is told",
        (r"新しい(?:メール)?アドレス", r"新的?(?:邮箱|郵箱|地址|信箱)", r"새(?:로운)? ?(?:메일 ?)?주소"),
    ),
    Rule(
        "relay-asian",
        Reason.RELAYING_DENIED,
        "notices of administrators: mail of strangers is not passed on",
        (
            r"中継(?:しま?せん|できま?せん|を?拒否|しない)",
            r"(?:不|拒绝|禁止)(?:允许|提供)?(?:中继|转发|轉發)",
            r"중계.{0,4}(?:하지|않|거부)",
        ),
    ),
    Rule(
        "waited-asian",
        Reason.EXPIRED,
        "notices of administrators: it was tried for days",
        (r"日間.{0,20}(?:試|送信)", r"(?:尝试|嘗試).{0,8}天", r"天.{0,10}(?:尝试|嘗試)", r"일 ?동안.{0,12}시도"),
    ),
    Rule(
        "network-error-asian",
        Reason.NETWORK_ERROR,
        "Tencent, NetEase, Exchange 4.4.1 in each language",
        (
            r"(?:连接|連接|連線|网络|網路).{0,10}(?:超时|超時|逾時|失败|失敗|错误|拒绝|中断)",
            r"(?:接続|通信).{0,20}(?:タイムアウト|失敗|拒否|切断|エラー|できません)",
            r"연결.{0,10}(?:시간 ?초과|실패|거부|끊)",
        ),
    ),
    Rule(
        "server-busy-asian",
        Reason.SERVER_BUSY,
        "Tencent, NetEase, Naver: try again later",
        (
            r"(?:服务器|伺服器|系统|系統).{0,10}(?:忙|繁忙)",
            r"サーバー?.{0,20}(?:混雑|過負荷|ビジー)",
            r"서버.{0,20}(?:혼잡|과부하)",
        ),
    ),
    Rule(
        "rate-limited-asian",
        Reason.RATE_LIMITED,
        "Tencent, NetEase, Aliyun, Naver: too much at once",
        (
            r"(?:频率|頻率|频繁|頻繁|频次|发信量|连接数).{0,10}(?:过高|过快|限制|超|受限|过多)?",
            r"(?:送信数|送信量|接続数|流量).{0,20}(?:超|制限|多)",
            r"(?:발송|전송|접속).{0,10}(?:제한|초과)",
        ),
    ),
    Rule(
        "authentication-asian",
        Reason.AUTHENTICATION_FAILED,
        "Tencent, NetEase, NTT, Naver: the sender's domain could not be authenticated",
        (
            r"(?:认证|認証|認證|验证|驗證).{0,10}(?:失败|失敗|不通过|未通过|エラー)",
            r"인증.{0,10}(?:실패|오류)",
        ),
    ),
    Rule(
        "spam-asian",
        Reason.SPAM_CONTENT,
        "Tencent, NetEase, Naver, Daum: refused for its content",
        (
            r"垃圾邮件",
            r"内容.{0,10}(?:拒绝|违规)",
            r"迷惑メール",
            r"スパム",
            r"스팸",
        ),
    ),
    Rule(
        "message-too-large-asian",
        Reason.MESSAGE_TOO_LARGE,
        "Exchange 5.2.3 and 5.3.4 in each language; Tencent",
        (
            r"(?:邮件|附件).{0,10}(?:过大|太大|大小超)",
            r"メッセージ.{0,10}大きすぎ",
            r"(?:メール|メッセージ|添付ファイル)(?:の)?サイズ.{0,20}(?:超え|超過|制限|大き)",
            r"(?:메시지|메일|크기).{0,20}(?:너무 큽|너무 커)",
        ),
    ),
    Rule(
        "refused-asian",
        Reason.POLICY,
        "Tencent, NetEase: refused without a reason that concerns the address",
        (
            r"(?:对方|收件人|收件方|服务器).{0,20}(?:拒收|拒绝|拒絕)",
            r"(?:附件|附檔|添付(?:ファイル)?|첨부 ?파일).{0,10}(?:无效|無效|不允许|不允許|禁止|拒否|無効|許可|허용|차단)",
            r"受信.{0,10}拒否",
            r"수신 ?거부",
            r"(?:被|已|遭)?拒收",
            r"(?:被|遭)(?:拒绝|拒絕|阻止|拦截|攔截)",
        ),
    ),
)
