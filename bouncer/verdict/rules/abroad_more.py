r"""More words of some thirty languages, as in ``abroad``: for people who have left, for closed mailboxes, for unwanted mail."""

from bouncer.verdict.rules.abroad import alternatives

STAFF = alternatives(
    "mitarbeiter / mitarbeiterin / kolleg / person / mitglied / beschäftigt / angestellt / bedienstet"
    " / lehrer / lehrkraft / schüler / inhaber"
    " / employé / personne / agent / salarié / collaborateur / collègue / titulaire / membre / élève / professeur"
    " / empleado / empleada / persona / trabajador / colega / alumno / profesor / funcionari / funcionári"
    " / pessoa / colaborador"
    " / dipendente / docente / collaborat / impiegat / collega / medewerker / persoon / werknemer / leerling"
    " / pracowni / osoba / uczeń / kolega / zaměstnan / pracovník / kolegyn / zamestnan / medarbetar / anställd / kollega"
    " / medarbejder / ansat / medarbeider / henkilö / työntekij / starfsma / munkatárs / dolgozó / kolléga / személy"
    " / angajat / persoan / coleg / υπάλληλ / εργαζόμεν / συνάδελφ / πρόσωπο / сотрудни / работни / коллег / преподавател"
    " / співробітник / працівник / колег / служител / запослен / zaposlen / sodelav / delav / djelatnik / darbuotoj / darbiniek"
    " / töötaja / kolleeg / çal\\w?şan / personel / الموظف / موظف / העובד / עובד / کارمند / nhân_viên / karyawan / pegawai"
    " / treballador / employee / colleague / member / staff / pupil / teacher / student"
)
"""Words for a person of a company or an office."""

LEFT = alternatives(
    "ausgeschieden / verlassen / a_quitté / ne_travaille_plus / ne_fait_plus_partie / est_parti / a_cessé / dejó_la"
    " / dejó_el / ha_dejado / se_ha_ido / no_trabaja / não_trabalha / deixou_a / saiu_d / não_faz_mais / non_lavora"
    " / ha_lasciato / ha_cessato / non_fa_più / uit_dienst / werkt_niet / heeft_ons_verlaten / vertrokken / verlaten"
    " / odszed / odesz / nie_pracuje / nepracuje / odešel / odešla / odišiel / odišla / slutat / fratrådt / sluttet"
    " / ei_työskentele / lähtenyt / hætt / nem_dolgozik / távozott / kilépett / a_plecat / a_părăsit / αποχώρησ"
    " / αποχωρήσ / δεν_εργάζεται / έφυγε / уволил / уволен / не_работает / ушел / ушёл / ушла / покинул / выбыл"
    " / звільни / звільнен / не_працює / пішов / напусна / otišao / otišla / napustio / ne_dela / odšel / odšla"
    " / zapustil / nebedirba / išėjo / vairs_nestrādā / nestrādā / aizgāj / lahkunud / ei_tööta / ayr\\w?ld / غادر"
    " / ترك / עזב / אינו_עובד / ترک / đã_nghỉ / sudah_keluar / telah_keluar"
)
"""Words that say that such a person has gone."""

NO_MORE = alternatives(
    "nicht_mehr / n'est_plus / ya_no / já_não / non_è_più / niet_meer / inte_längre / inte_kvar / ikke_længere"
    " / ikke_lenger / ei_enää / ei_ole_enää / nu_mai / больше_не / вече_не / више_не / više_ne / art\\w?k / không_còn"
    " / tidak_lagi / ja_no"
)
"""Words that say that something is so no longer; WORK has the words for that something."""

WORK = alternatives(
    "bei_uns / im_haus / hier\\b / an_der / an_unser / tätig / beschäftigt / angestellt / arbeitet / mitglied"
    " / trabaj / lavor / travaill / werkzaam / werkt / bij_ons / in_dienst / pracuj / dolgoz / lucrea / εργάζ / работ"
    " / прац / radi\\b / dela\\b / çal\\w?ş / hos_oss / hos_os / ansat / anställd / arbetar / arbejder / jobber"
    " / jobbar / työskent / palveluks / parmi / partie / en_poste / nos_services / in_servizio / servicio"
    " / forma_parte / fa_parte / aquí / aqui / qui\\b / ici\\b / bekerja / làm_việc / treballa / nelle / presso"
    " / con_nosotros / membre / lid_van / член"
)
"""Words for working at a place, or being there."""

CLOSED = alternatives(
    "gelöscht / entfernt / geschlossen / aufgelöst / gekündigt / stillgelegt / été_supprim / est_supprim"
    " / fermé / clôturé / résilié"
    " / eliminad / borrad / dada_de_baja / dado_de_baja / cerrad / cancelad / suprimid / excluíd / encerrad / apagad / foi_removid"
    " / fue_removid / caduc\\w{1,3}_por_(?:falta_de_uso|desuso) / eliminat / chius / cancellat"
    " / rimoss / soppress / verwijderd / opgeheven / gesloten / opgezegd / gewist / usuni / zamkni / zlikwidowan / skasowan"
    " / zrušen / smazán / odstraněn / uzavřen / zmazan / odstránen / borttag / raderat / raderad"
    " / avslutat / avslutad / nedlagt / tagits_bort / tagen_bort"
    " / erloschen / abgeschaltet / conta_removid / sido_abandonad"
    " / nedlagd / stängts / slettet / lukket / nedlagt / fjernet / poistettu / suljettu / lakkautet"
    " / eytt / lokað / törölt / törölték"
    " / megsz[uű]nt / megszüntet / megszűnt / șters / ștears / sters / închis / desființat / διαγράφ"
    " / διαγραφ / καταργ / έκλεισε"
    " / удален / удалён / закрыт / ликвидирован / упраздн / видален / закрит / ліквідован / изтрит / обрисан / угашен / obrisan"
    " / ugašen / zatvoren / izbrisan / ukinjen / ištrint / panaikint / dzēst / slēgt / likvidēt / kustutat / suletu / silindi"
    " / silinmiş / kapat\\w?l / kald\\w?r\\w?l / حذف / إغلاق / נמחק / נסגר / đã_bị_xóa / đã_xóa / bị_xóa"
    " / dihapus / telah_dihapus"
)
"""Words that say that something was given up."""

BOX = alternatives(
    "empfängeradresse /"
    " postfach / sammelpostfach / gruppenpostfach / funktionspostfach / postkorb / mailfach / konto / mailbox / adresse"
    " / mailadresse"
    " / benutzerkonto / boîte / boite / compte"
    " / messagerie / buzón / buzon / cuenta"
    " / dirección / casilla / caixa / conta\\b / endereço / casella / account / indirizzo / postvak"
    " / postbus / adres / skrzynk / kont"
    " / schránk / účet / adresa / brevlåd / postlåd / kontot / postkass / postboks / kontoen"
    " / postilaatik / tili\\b / käyttäjätili / sähköpostitili"
    " / pósthólf / netfang / fiók / postafiók / cím\\b / cutia / căsuț / contul / θυρίδα / λογαριασμ"
    " / γραμματοκιβώτιο / διεύθυνση"
    " / ящик / аккаунт / адрес / учётная / скриньк / обліков / кутия / сандуч / налог / sandučić / predal"
    " / račun / dėžut / paskyr"
    " / pastkast / konts / postkast / kutusu / hesab / hesap / صندوق / الحساب / حساب / התיבה / תיבת"
    " / החשבון / hộp_thư / tài_khoản"
    " / kotak / akun / bústia / compte"
)
"""Words for the place that holds a person's mail."""

JUNK = alternatives(
    "werbung / reklame / reclame / pourriel / indésirable / basura / no_deseado / lixo_eletr / indesejad / posta_indesiderata"
    " / spazzatura / ongewenste / niechcian / śmieci / nevyžádan / nevyžiadan / skräppost / søppelpost"
    " / roskaposti / ruslpóst / kéretlen"
    " / levélszemét / nedorit / ανεπιθύμητη / спам / нежелател / небажан / нежелан / нежељен / neželjen"
    " / neželen / šlamšt / mēstul"
    " / surogātpast / rämpspost / istenmeyen / gereksiz_posta / مزعج / זבל / هرزنامه / thư_rác / brossa / spam"
)
"""Words for mail that nobody asked for."""

UNWANTED = alternatives(
    "unerwünscht / nicht_erwünscht / nicht_gewünscht / indésirable / no_deseado / no_deseada / non_gradit"
    " / sgradit / indesiderat"
    " / indesejad / ongewenst / niet_gewenst / niepożądan / nežádouc / nechcen / oönskad / inte_önskad / uønsket / ikke_ønsk"
    " / ei-toivot / nem_kívánatos / nedorit / ανεπιθύμητ / нежелател / небажан / istenmeyen / no_grato / malvisto / geblockt"
)
"""Words that say that the recipient does not want the mail."""

ONLY = alternatives(
    "nur / ausschließlich / seuls / seul / uniquement / sólo / solo / solamente / únicamente / soltanto"
    " / apenas / somente / só / alleen"
    " / uitsluitend / tylko / wyłącznie / pouze / jen\\b / iba\\b / endast / bara\\b / enbart / bare\\b"
    " / kun\\b / vain\\b / ainoastaan"
    " / aðeins / csak\\b / kizárólag / doar\\b / numai / μόνο / только / лишь / тільки / лише / само\\b"
    " / samo\\b / tik\\b / tikai"
    " / ainult / sadece / yaln\\w?zca / hanya / chỉ / només"
)

MEMBERS = alternatives(
    "mitglied / partner / mitarbeiter / kolleg / membres / abonné / partenaire / miembro / sócio / suscriptor"
    " / socio / colaborador / empleado"
    " / membri / iscritt / soci\\b / membro / inscrito / leden / abonnee / medewerker / człon / subskryb"
    " / pracowni / člen / odběratel"
    " / medlem / prenumerant / abonnent / medarbejd / ansat / jäsen / tilaaj / félag / tagok / tagjai"
    " / felirat / abonați / abonaţi"
    " / μέλη / συνδρομητ / участник / член / подписчик / сотрудник / учасник / підписник / član / чланов"
    " / nariai / biedri / liikme"
    " / üye / abone / anggota / thành_viên / membres"
)
"""Words for members."""

BANNED = alternatives(
    "banni / bannie / bandit / vetad / baneado / bandito / bannato / banid / verbannt / gebannt / ausgeschlossen"
    " / ausgesperrt / verbannen"
    " / uitgesloten / zbanowan / wykluczon / zabanov / vyloučen / bannlyst / utestäng / avstäng"
    " / udelukket / utestengt / bandlyst"
    " / kielletty / suljettu_pois / kitilt / tiltó / interzis / αποκλεισ / αποκλειστ / забанен / запрещ"
    " / заблокован / заборонен"
    " / yasakl / engell / zabranjen / blokiran"
)
"""Words that say that the sender is not let in."""

SITE = alternatives(
    "domain / domäne / domaine / dominio / domínio / domein / domen / domän / domæne / doména / doménu"
    " / домен / τομέα / alan_ad"
    " / tartomány / domeniu / verkkotunnu / domeeni / domēn / النطاق / הדומיין / دامنه / tên_miền / lén / vefsvæði / domini"
)
"""A domain of the internet."""

TRIED = alternatives(
    "versucht / essayé / intentad / provato / tentad / tentámos / tentamos / geprobeerd / próbowal"
    " / zkoušeli / pokoušeli / skúšali"
    " / försök / prøv / yrit / пытал / намагал / опитва / denedi / denedik / próbál / încercat / προσπαθ / pokušal / bandėm"
)
"""Words that say that delivery was attempted."""

DAYS = alternatives(
    "tage / tagen / tag\\b / jours / días / giorni / dias\\b / dagen / dni\\b / dní / dagar / dage\\b"
    " / dager / päivä / дней / дня"
    " / днів / дни\\b / gün / nap\\w / zile / ημέρ / μέρες / dana\\b / dienų"
)
"""Words for days."""
