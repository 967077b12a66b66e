"""What pages that are no articles say of themselves, in the major languages.

Titles name the page as a whole; sentences speak to the reader. Patterns are asked of case-folded, bounded text.
Languages, in this order: en, de, fr, es, pt, it, nl, sv, no, da, fi, pl, cs, ru, uk, tr, ar, he, el, ja, zh, ko, id.
"""

from __future__ import annotations

import re


def _any(*alternatives: str) -> re.Pattern[str]:
    return re.compile("|".join(f"(?:{alternative})" for alternative in alternatives))


LOGIN_TITLE = _any(
    r"(?:please )?(?:log|sign)[ -]?(?:in|on)(?: (?:to|or|with|here|required|page|now|and|using)\b.{0,40})?",
    r"(?:member|subscriber|user|account|customer) (?:log|sign)[ -]?in",
    r"(?:bitte )?(?:anmelden|einloggen)|anmeldung|connexion|se connecter|connectez-vous|identifiez-vous",
    r"inici(?:ar?|e) sesi[oó]n|identif[ií]cate|acceder|entrar|iniciar sess[aã]o|fa[cç]a (?:o )?login|accedi",
    r"inloggen|aanmelden|logga in|logg inn|log ind|kirjaudu(?: sisään)?|kirjautuminen|zaloguj(?: się)?|logowanie",
    r"přihlášení|přihlá(?:sit|ste) se|вход(?: на сайт)?|войти|авторизация|вхід|увійти|авторизація",
    r"(?:üye )?giriş(?: yap(?:ın)?|i)?|oturum aç(?:ın)?|تسجيل الدخول|התחברות|כניסה|σύνδεση|είσοδος",
    r"(?:会員)?ログイン|サインイン|(?:请|請|会员|會員)?登[录錄入]|로그인|masuk",
)
LOGIN_SENTENCE = _any(
    r"\b(?:please|you (?:must|need to|have to)(?: be)?) (?:log|sign)(?:ged|ed)?[ -]?in\b",
    r"\bforgot(?:ten)? (?:your )?password|\bdon[’']t have an account|\bpasswort vergessen|\bmot de passe oublié",
    r"\bbitte (?:melden sie sich an|loggen sie sich ein)|\bvous devez (?:être connecté|vous connecter)",
    r"\bolvid(?:ó|aste) (?:su|tu) contraseña|\besqueceu (?:a |sua )(?:senha|palavra)|\bpassword dimenticata",
    r"\bwachtwoord vergeten|\bglömt lösenord|\bglemt passord|\bglemt adgangskode|\bunohditko salasanan",
    r"nie pamiętasz hasła|zapomenuté heslo|забыли пароль|забули пароль|şifremi unuttum|نسيت كلمة المرور|שכחת סיסמה",
    r"ξεχάσατε τον κωδικό|パスワードをお忘れ|忘记密码|忘記密碼|비밀번호 찾기|lupa (?:kata sandi|password)",
)

CONSENT_TITLE = _any(
    r"before you continue.{0,40}|(?:we (?:value|care about|respect) )?your privacy.{0,25}",
    r"your (?:data|consent|choices)|consent|(?:accept|manage)(?: all)? (?:cookies|consent).{0,20}",
    r"(?:manage )?(?:privacy|cookies?|consent)[ -](?:consent|settings|preferences|notice|policy|statement|choices)",
    r"datenschutz(?:hinweis\w*|einstellung\w*|erklärung)?|(?:ihre )?privatsphäre.{0,25}|zustimmung erforderlich",
    r"(?:wir verwenden )?cookies? ?-?(?:einstellungen|hinweise?|richtlinien?)",
    r"politique (?:de confidentialité|des? cookies)",
    r"gestion des cookies|.{0,24}\bvotre vie privée.{0,25}|paramètres (?:de confidentialité|des cookies)",
    r"política de (?:privacidade?|cookies)",
    r"(?:tu|(?:a )?su[ae]?) privacida(?:d|de).{0,25}|(?:configuración|uso) de cookies",
    r"(?:informativa|la tua) (?:sulla )?privacy.{0,25}|(?:jouw|uw|je) privacy.{0,25}",
    r"(?:cookie|privacy)-?(?:instellingen|beleid)",
    r"om cookies|din integritet.{0,25}|ditt personvern.{0,25}|personvern|informasjonskapsler|dit privatliv.{0,25}",
    r"cookie-?(?:indstillinger|inställningar|innstillinger)|evästeet|evästeasetukset|yksityisyytesi.{0,25}",
    r".{0,12}\b(?:twoja|twoją) prywatność.{0,25}|polityka (?:prywatności|cookies)|ustawienia (?:prywatności|cookies)",
    r"souhlas s.{0,20}cookies|nastavení (?:cookies|soukromí)|политика конфиденциальности|файлы cookie",
    r"політика конфіденційності|(?:gizlilik|çerez) (?:politikası|ayarları|tercihleri)|سياسة الخصوصية",
    r"מדיניות (?:ה)?פרטיות|πολιτική (?:απορρήτου|cookies)",
    r"プライバシー(?:ポリシー|設定)|(?:cookie|クッキー)(?:の|設定).{0,20}",
    r"隐私(?:政策|设置)|隱私(?:政策|設定)|cookie ?(?:政策|设置|設定)",
    r"개인정보 ?(?:처리방침|보호)|kebijakan (?:privasi|cookie)",
)
CONSENT_WORDS = (
    *("cookie", "personal data", "your privacy", "personenbezogen", "données personnelles", "datos personales"),
    *("dados pessoais", "dati personali", "persoonsgegevens", "kakor", "informasjonskapsler", "eväste", "dane osobowe"),
    *("danych osobowych", "osobních údaj", "персональн", "çerez", "kişisel veri", "تعريف الارتباط", "עוגיות"),
    *("クッキー", "個人情報", "个人信息", "個人資料", "쿠키", "개인정보", "data pribadi"),
)
"""A sentence about consent has one of these, and speaks (`SPEAKS`) for the site or to its reader."""
SPEAKS = _any(
    r"\b(?:we|our|us|you|your|wir|unsere?[nrm]?|sie|ihre?[nrm]?|nous|nos|notre|vous|votre|vos|nuestr[oa]s?|tus?|sus?)\b",
    r"\b(?:usamos|utilizamos|nossos?|você|seus?|utilizziamo|usiamo|nostri|tuoi?|wij|onze|je|jouw|uw?|vi|våra|våre)\b",
    r"\b(?:vores|du|dina?|dine|käytämme|sinun|my|nasi|twoje|używamy|wykorzystujemy|používáme|vaše|мы|наши?|вы|ваши?)\b",
    r"\b(?:ми|ви|використовуємо|kullanıyoruz|kullanmaktayız|sitemiz\w*|نحن|نستخدم|אנו|אנחנו|χρησιμοποιούμε|σας|kami|anda)\b",
    r"当サイト|当社|弊社|お客様|ご利用|本サイト|我们|我們|您|本网站|本網站|당사|귀하|저희|웹사이트",
)

_CODE = (
    r"(?:(?:http|status|error|fehler|erreur|errore|erro|fout|fel|feil|fejl|virhe|błąd|chyba|ошибка|помилка|hata)"
    r"\W{0,3})?"
)
ERROR_TITLE = _any(
    rf"{_CODE}(?:40[04-9]|41\d|50\d|52\d)(?: ?(?:error|fehler|erreur))?"
    r"(?:\W{1,3}.{0,20}\b(?:found|error|gone|gateway))?",
    r"(?:.{0,20}\b)?(?:page|article|story|content|file|url|post)\b.{0,25}(?:\b(?:not|no longer|cannot|could)|n['’]t)\b"
    r"(?:(?: not)? be)? ?(?:found|available|exists?|here)\b.{0,20}",
    r"not found|nothing found|(?:oops|whoops|uh[- ]oh)\b.{0,40}|sorry\b.{0,40}\bpage\b.{0,30}|something went wrong",
    r"page (?:unavailable|gone|removed|deleted|missing|error)|(?:an )?error(?: occurred| page)?|bad gateway",
    r"(?:site |website |this site is )?(?:under|down for) maintenance|service (?:temporarily )?unavailable",
    r"gateway time-?out|(?:internal )?server error|we can(?:['’]|no)t find (?:that|the|this|your)\b.{0,40}",
    r"(?:.{0,25}\b)?(?:seite|artikel|inhalt)\b.{0,20}\bnicht (?:mehr )?"
    r"(?:gefunden|vorhanden|verfügbar|existent)(?: werden)?",
    r"fehler(?:seite)?|hoppla\b.{0,30}|wartungsarbeiten|nicht gefunden|erreur|oups\b.{0,40}|(?:site )?en maintenance",
    r"(?:.{0,12}\b)?(?:page|article|contenu)\b.{0,20}(?:introuvable|non trouvée?|inexistante?|existe (?:pas|plus))",
    r"(?:la )?p[aá]gina\b.{0,20}\bn(?:o|[aã]o) "
    r"(?:encontrada|existe|disponible|dispon[ií]vel|se encuentra|está disponible)",
    r"n(?:o|[aã]o) encontrad[oa]",
    r"(?:contenido|conteúdo) n(?:o|ão) (?:encontrado|disponible|disponível)|erro|ops\b.{0,30}",
    r"(?:la )?pagina\b.{0,20}\bnon (?:trovata|disponibile|esistente|esiste|è stata trovata)|errore",
    r"(?:.{0,8}\b)?pagina\b.{0,12}\bniet (?:meer )?(?:gevonden|beschikbaar|bestaat)|niet gevonden|foutmelding",
    r"(?:sidan|artikeln)\b.{0,20}\b(?:hittades inte|inte hittas|finns inte).{0,10}|(?:siden|artikkelen)\b.{0,20}\bikke"
    r"(?: (?:funnet|fundet|findes|finnes))?(?: lenger| længere)?|(?:siden )?(?:findes|finnes) ikke|fant ikke siden",
    r"(?:hakemaasi )?sivua ei (?:löydy|löytynyt|ole olemassa)|strona nie (?:istnieje|została znaleziona)",
    r"(?:nie znaleziono (?:strony|artykułu))|strony nie znaleziono",
    r"błąd|stránka (?:nebyla |ne)(?:nalezena|existuje)|chyba",
    r"(?:страница|материал) (?:не (?:найдена?|существует)|удален[аы]?)|не найдено|ошибка",
    r"сторінк[ау] не (?:знайдено|існує|знайдена)|не знайдено|помилка",
    r"(?:aradığınız )?(?:sayfa|içerik) (?:bulunamadı|mevcut değil)|hata",
    r"(?:الصفحة|المحتوى).{0,20}غير (?:موجودة?|متوفرة?|متاحة?)|لم يتم العثور على الصفحة|خطأ",
    r"(?:הדף|העמוד|דף|עמוד).{0,20}(?:לא נמצא|אינו קיים|לא קיים)|שגיאה",
    r"(?:η )?σελίδα (?:που .{0,20})?δεν (?:βρέθηκε|υπάρχει)|σφάλμα",
    r".{0,10}(?:ページ|記事)[がは、]?.{0,10}(?:見つかりません|存在しません|ありません|表示できません)(?:でした)?",
    r"エラー|メンテナンス中?",
    r".{0,8}(?:页面|頁面|网页|網頁|文章|内容)(?:不存在|未找到|找不到|已被?[删刪]除|走[丢丟]了)",
    r"找不到[该此該]?(?:页面|頁面|网页|網頁)|出错了?",
    r".{0,8}(?:페이지|기사)[를을가] ?(?:찾을 수 없\w*|존재하지 않\w*)",
    r"오류|halaman\b.{0,20}\btidak (?:ditemukan|tersedia|ada)",
)
ERROR_SENTENCE = _any(
    r"\b(?:page|article|story|content|url|link) (?:that |which )?you(?:['’]re| are| were| have|['’]ve)? "
    r"(?:looking for|requested|trying to (?:reach|view|access|find)|followed|tried)",
    r"\bdie (?:von ihnen )?(?:gesuchte|angeforderte|aufgerufene|gewünschte) (?:seite|adresse)",
    r"\bla page (?:que vous (?:recherche[zr]|demande[zr]|cherche[zr]|avez)|demandée)",
    r"\bla página (?:que (?:busca|buscas|está[s]? buscando|ha[s]? solicitado)|solicitada)",
    r"\ba página (?:que (?:você )?(?:procura|está|tentou|solicitou)|solicitada)",
    r"\bla pagina (?:che (?:cerchi|stai cercando|hai richiesto)|richiesta)",
    r"\bde (?:opgevraagde|gezochte) pagina|\bde pagina die (?:u|je) zo(?:ekt|cht)|\bsidan (?:som )?du (?:letar|sök)",
    r"\bsiden (?:som )?du (?:leter|ser|prøver|leder|søger)|etsimääsi sivua|hakemaasi sivua",
    r"strona,? której szuka|stránk\w{1,3},? kterou (?:hledáte|jste)|запрашиваемая (?:вами )?страница",
    r"страниц\w,? которую вы ищете|сторінк\w,? яку ви шукаєте|aradığınız (?:sayfa|içerik)",
    r"الصفحة التي (?:تبحث|طلبتها|تحاول)|(?:דף|עמוד) ש(?:חיפשת|ביקשת)|η σελίδα που (?:ζητήσατε|ψάχνετε|αναζητάτε)",
    r"お探しの(?:ページ|記事)|ご指定の(?:ページ|url)|您(?:访问|要找|请求|查找|訪問|請求|尋找)的(?:页面|頁面|网页|網頁)",
    r"(?:요청하신|찾으시는) 페이지|halaman yang anda (?:cari|minta|tuju)",
)

BLOCKED_TITLE = _any(
    r"(?:(?:error )?(?:403|451)\W{0,3})?"
    r"(?:access (?:to this (?:page|site) )?(?:has been |is |was )?(?:denied|blocked)|forbidden)",
    r"(?:error )?403|(?:error )?(?:429\W{0,3})?too many requests",
    r"(?:error )?451(?:\W.{0,40})?|error 10\d\d(?:\W.{0,20})?",
    r"attention required\W.{0,20}|just a moment|one moment,? please",
    r"checking your browser.{0,40}|pardon our interruption",
    r"are you (?:a )?(?:human|robot)|robot check|(?:re)?captcha(?: check| required)?|security (?:check|verification)",
    r"human verification|verify(?:ing)? (?:that )?you(?:['’]re| are) (?:a )?human.{0,20}",
    r"bot (?:check|verification|detection)",
    r"ddos[- ]protection.{0,20}|.{0,8}you have been blocked",
    r"(?:the )?request (?:blocked|rejected|unsuccessful)\W?.{0,40}",
    r"your ip(?: address)? (?:has been |is |was )(?:blocked|banned)|website firewall.{0,30}",
    r"(?:.{0,30}\b)?unavailable (?:due to|for) legal reasons",
    r".{0,30}\b(?:not |un)available in your (?:region|country|location|area)",
    r"zu(?:griff|gang) (?:verweigert|gesperrt)|einen moment",
    r"accès (?:refusé|interdit)|un instant|acceso (?:denegado|prohibido)",
    r"acesso (?:negado|bloqueado)|accesso negato|un momento|um momento|toegang geweigerd|åtkomst nekad|ingen tilgang",
    r"adgang nægtet|pääsy (?:estetty|kielletty)|dostęp zabroniony|brak dostępu|přístup (?:odepřen|zamítnut)",
    r"доступ (?:запрещ[её]н|ограничен|заблокирован|заборонено)|erişim (?:engellendi|reddedildi)|تم رفض الوصول",
    r"הגישה נדחתה|η πρόσβαση απορρίφθηκε|アクセス(?:が)?拒否(?:されました)?|访问被拒绝|拒绝访问|人机验证|存取被拒",
    r"접근(?:이)? ?(?:거부|차단)\w{0,6}|akses ditolak",
)
BLOCKED_SENTENCE = _any(
    r"\byour (?:ip|ip address|request|access|network)\b.{0,40}\b(?:blocked|banned|denied|flagged|restricted)",
    r"\b(?:unusual|suspicious) (?:traffic|activity) from your|\byou(?:['’]re| are)? (?:not )?a (?:ro)?bot\b",
    r"\b(?:verify|confirm|make sure|check) (?:that |if )?you(?:['’]re| are) (?:a )?human|\bdisable any ad blocker",
    r"\bcheck(?:ing)? (?:if|your|the)\b.{0,40}\b(?:browser|connection is secure)",
    r"\bcomplete the (?:security check|captcha)",
    r"\byou don[’']t have permission to access|\bray id\b|\bincapsula incident|\breference #\d|\bpress (?:&|and) hold",
    r"\battempting to access this (?:web)?site from|\b(?:web)?site is\b.{0,40}\bunavailable in most european",
    r"\b(?:not |un)available (?:in|from) your (?:region|country|location|area)\b",
    r"\bunavailable (?:due to|for) legal reasons",
    r"\b(?:kein roboter|ein mensch) sind\b|\bin ihrem land nicht verfügbar|\bvous n[’']êtes pas un robot",
    r"\bpas disponible dans votre (?:pays|région)|\bno eres un robot",
    r"\bdisponi(?:ble|bile) (?:en (?:tu|su)|nel tuo) (?:pa[ií]s|paese)",
    r"\bnão é um robô|\bdisponível (?:no seu país|na sua região)",
    r"\bnon sei un robot|\bgeen robot bent|\bin (?:uw|jouw) land",
    r"nie jesteś robotem|вы не робот|в вашем регионе|robot olmadığınızı|ロボットではない|お住まいの(?:国|地域)では",
    r"不是机器人|您所在的(?:国家|地区|國家|地區)|로봇이 아닙니다|bukan robot|di (?:negara|wilayah) anda",
)

_ON = (
    r"enabl|turn(?:ed)? on|activ|requir|disabled|switched off|aktivier|einschalten|habilit|abilita|attiva|ative|"
    r"inschakel|aktiver|włącz|zapn|povol|включ|увімкн|etkinleştir|تفعيل|ενεργοποι|有効|启用|啟用|활성화|aktifkan"
)
SCRIPT_SENTENCE = _any(rf"javascript.{{0,60}}(?:{_ON})", rf"(?:{_ON}).{{0,60}}javascript")

WALL_SENTENCE = _any(
    r"\b(?:subscribe|register)(?: now| today| for free)? to (?:continue|keep|read|unlock|access)",
    r"\bto (?:continue|keep) reading\b.{0,20}\b(?:subscribe|register|log in|sign in|become|create)",
    r"\bcontinue reading (?:with|by|for)|\bsubscriber[- ](?:only|exclusive)",
    r"\b(?:only|reserved|exclusive(?:ly)?|available) (?:to|for) (?:our )?(?:paid |paying )?(?:subscribers|members)\b",
    r"\bthis (?:article|story|content|post) is (?:for|only|behind)\b.{0,30}\b(?:subscribers|members|paywall)",
    r"\byou(?:['’]ve| have) (?:reached|read|used)\b.{0,30}\b(?:free|limit)|\bunlock this (?:article|story)",
    r"\bread the (?:full|rest of (?:the|this)) (?:article|story) (?:with|by)",
    r"\bweiter ?lesen mit|\bum weiterzulesen|\b(?:nur|exklusiv) für (?:unsere )?(?:abonnent|digitalabonnent|plus-)",
    r"\bdiese[nrs]? (?:artikel|text|beitrag|inhalt)\b.{0,40}\b(?:abonnent|abo\b|freischalten)",
    r"\bmit .{2,20} weiterlesen",
    r"\bréservée?s? (?:à nos|aux) abonnés|\bil vous reste .{1,40} à lire|\babonnez-vous pour|\bpour lire la suite",
    r"\bexclusiv[oa] (?:de|para) (?:l[oa]s )?(?:suscriptores|abonados|assinantes)",
    r"\bpara (?:seguir|continuar) (?:leyendo|lendo)",
    r"\bsuscr[ií]be(?:te|se) para|\bassine (?:agora )?para|\b(?:só|apenas|solo|sólo) para (?:assinantes|suscriptores)",
    r"\briservat[oa] agli abbonati|\babbonati per|\bper continuare a leggere|\b(?:alleen|exclusief) voor abonnees",
    r"\bom verder te lezen|\b(?:endast|bara) för prenumeranter|\bför att (?:läsa vidare|fortsätta läsa)",
    r"\b(?:kun |bare )for (?:våre )?abonnenter",
    r"\bfor å lese (?:videre|hele|resten)|\bfor at læse (?:videre|hele|resten)",
    r"\b(?:vain|on) tilaajille|dla (?:prenumeratorów|subskrybentów)",
    r"aby czytać dalej|pozostało .{1,15}(?:tekstu|artykułu)",
    r"(?:pouze|jen) pro předplatitele|для подписчиков|оформите подписку|чтобы (?:продолжить чтение|читать дальше)",
    r"для передплатників|щоб (?:читати далі|продовжити читання)|abonelere özel|devam etmek için (?:abone|üye)",
    r"للمشتركين|لمتابعة القراءة|למנויים|להמשך קריאה|για συνδρομητές",
    r"この記事は(?:有料|会員)|会員限定記事です|有料記事です|続きを読むには",
    r"残り:?\s?[\d,]{2,7}\s?(?:文字|字)|(?:订阅|訂閱|登录|登入).{0,6}(?:继续|繼續)",
    r"(?:会员|會員|付费|付費)(?:专享|專享|内容|內容)",
    r"(?:유료|구독자?|회원) ?(?:회원|독자)? ?전용|khusus (?:untuk )?pelanggan|berlangganan untuk",
)
