/* Codes of ISO 639, ISO 15924 and ISO 3166: for language.c only. Three-letter codes stand by their first letter, two letters each. */
static const struct {
	const char code[3], longer[4], *name; /* of its own people where we know it, else English */
} short_codes[] = {
	{ "aa", "aar", "Afar" }, { "ab", "abk", "Abkhazian" }, { "ae", "ave", "Avestan" }, { "af", "afr", "Afrikaans" },
	{ "ak", "aka", "Akan" }, { "am", "amh", "Amharic" }, { "an", "arg", "Aragonese" }, { "ar", "ara", "العربية" },
	{ "as", "asm", "Assamese" }, { "av", "ava", "Avaric" }, { "ay", "aym", "Aymara" }, { "az", "aze", "Azerbaijani" },
	{ "ba", "bak", "Bashkir" }, { "be", "bel", "Belarusian" }, { "bg", "bul", "Български" }, { "bi", "bis", "Bislama" },
	{ "bm", "bam", "Bambara" }, { "bn", "ben", "Bengali" }, { "bo", "bod", "Tibetan" }, { "br", "bre", "Brezhoneg" },
	{ "bs", "bos", "Bosnian" }, { "ca", "cat", "Català" }, { "ce", "che", "Chechen" }, { "ch", "cha", "Chamorro" },
	{ "co", "cos", "Corsu" }, { "cr", "cre", "Cree" }, { "cs", "ces", "Čeština" }, { "cu", "chu", "Church Slavic" },
	{ "cv", "chv", "Chuvash" }, { "cy", "cym", "Cymraeg" }, { "da", "dan", "Dansk" }, { "de", "deu", "Deutsch" },
	{ "dv", "div", "Dhivehi" }, { "dz", "dzo", "Dzongkha" }, { "ee", "ewe", "Ewe" }, { "el", "ell", "Ελληνικά" },
	{ "en", "eng", "English" }, { "eo", "epo", "Esperanto" }, { "es", "spa", "Español" }, { "et", "est", "Eesti" },
	{ "eu", "eus", "Euskara" }, { "fa", "fas", "فارسی" }, { "ff", "ful", "Fulah" }, { "fi", "fin", "Suomi" },
	{ "fj", "fij", "Fijian" }, { "fo", "fao", "Faroese" }, { "fr", "fra", "Français" },
	{ "fy", "fry", "Western Frisian" }, { "ga", "gle", "Gaeilge" }, { "gd", "gla", "Scottish Gaelic" },
	{ "gl", "glg", "Galego" }, { "gn", "grn", "Guarani" }, { "gu", "guj", "Gujarati" }, { "gv", "glv", "Manx" },
	{ "ha", "hau", "Hausa" }, { "he", "heb", "עברית" }, { "hi", "hin", "हिन्दी" }, { "ho", "hmo", "Hiri Motu" },
	{ "hr", "hrv", "Hrvatski" }, { "ht", "hat", "Haitian" }, { "hu", "hun", "Magyar" }, { "hy", "hye", "Armenian" },
	{ "hz", "her", "Herero" }, { "ia", "ina", "Interlingua" }, { "id", "ind", "Bahasa Indonesia" },
	{ "ie", "ile", "Interlingue" }, { "ig", "ibo", "Igbo" }, { "ii", "iii", "Sichuan Yi" }, { "ik", "ipk", "Inupiaq" },
	{ "io", "ido", "Ido" }, { "is", "isl", "Íslenska" }, { "it", "ita", "Italiano" }, { "iu", "iku", "Inuktitut" },
	{ "ja", "jpn", "日本語" }, { "jv", "jav", "Javanese" }, { "ka", "kat", "Georgian" }, { "kg", "kon", "Kongo" },
	{ "ki", "kik", "Kikuyu" }, { "kj", "kua", "Kuanyama" }, { "kk", "kaz", "Kazakh" }, { "kl", "kal", "Kalaallisut" },
	{ "km", "khm", "Khmer" }, { "kn", "kan", "Kannada" }, { "ko", "kor", "한국어" }, { "kr", "kau", "Kanuri" },
	{ "ks", "kas", "Kashmiri" }, { "ku", "kur", "Kurdish" }, { "kv", "kom", "Komi" }, { "kw", "cor", "Cornish" },
	{ "ky", "kir", "Kirghiz" }, { "la", "lat", "Latin" }, { "lb", "ltz", "Lëtzebuergesch" }, { "lg", "lug", "Ganda" },
	{ "li", "lim", "Limburgan" }, { "ln", "lin", "Lingala" }, { "lo", "lao", "Lao" }, { "lt", "lit", "Lietuvių" },
	{ "lu", "lub", "Luba-Katanga" }, { "lv", "lav", "Latviešu" }, { "mg", "mlg", "Malagasy" },
	{ "mh", "mah", "Marshallese" }, { "mi", "mri", "Maori" }, { "mk", "mkd", "Македонски" },
	{ "ml", "mal", "Malayalam" }, { "mn", "mon", "Mongolian" }, { "mr", "mar", "Marathi" },
	{ "ms", "msa", "Bahasa Melayu" }, { "mt", "mlt", "Malti" }, { "my", "mya", "Burmese" }, { "na", "nau", "Nauru" },
	{ "nb", "nob", "Norsk bokmål" }, { "nd", "nde", "North Ndebele" }, { "ne", "nep", "Nepali" },
	{ "ng", "ndo", "Ndonga" }, { "nl", "nld", "Nederlands" }, { "nn", "nno", "Norsk nynorsk" },
	{ "no", "nor", "Norsk" }, { "nr", "nbl", "South Ndebele" }, { "nv", "nav", "Navajo" }, { "ny", "nya", "Nyanja" },
	{ "oc", "oci", "Occitan" }, { "oj", "oji", "Ojibwa" }, { "om", "orm", "Oromo" }, { "or", "ori", "Oriya" },
	{ "os", "oss", "Ossetian" }, { "pa", "pan", "Panjabi" }, { "pi", "pli", "Pali" }, { "pl", "pol", "Polski" },
	{ "ps", "pus", "Pushto" }, { "pt", "por", "Português" }, { "qu", "que", "Quechua" }, { "rm", "roh", "Romansh" },
	{ "rn", "run", "Rundi" }, { "ro", "ron", "Română" }, { "ru", "rus", "Русский" }, { "rw", "kin", "Kinyarwanda" },
	{ "sa", "san", "Sanskrit" }, { "sc", "srd", "Sardinian" }, { "sd", "snd", "Sindhi" },
	{ "se", "sme", "Northern Sami" }, { "sg", "sag", "Sango" }, { "si", "sin", "Sinhala" },
	{ "sk", "slk", "Slovenčina" }, { "sl", "slv", "Slovenščina" }, { "sm", "smo", "Samoan" }, { "sn", "sna", "Shona" },
	{ "so", "som", "Somali" }, { "sq", "sqi", "Shqip" }, { "sr", "srp", "Српски" }, { "ss", "ssw", "Swati" },
	{ "st", "sot", "Southern Sotho" }, { "su", "sun", "Sundanese" }, { "sv", "swe", "Svenska" },
	{ "sw", "swa", "Kiswahili" }, { "ta", "tam", "Tamil" }, { "te", "tel", "Telugu" }, { "tg", "tgk", "Tajik" },
	{ "th", "tha", "ไทย" }, { "ti", "tir", "Tigrinya" }, { "tk", "tuk", "Turkmen" }, { "tl", "tgl", "Tagalog" },
	{ "tn", "tsn", "Tswana" }, { "to", "ton", "Tonga" }, { "tr", "tur", "Türkçe" }, { "ts", "tso", "Tsonga" },
	{ "tt", "tat", "Tatar" }, { "tw", "twi", "Twi" }, { "ty", "tah", "Tahitian" }, { "ug", "uig", "Uighur" },
	{ "uk", "ukr", "Українська" }, { "ur", "urd", "Urdu" }, { "uz", "uzb", "Uzbek" }, { "ve", "ven", "Venda" },
	{ "vi", "vie", "Tiếng Việt" }, { "vo", "vol", "Volapük" }, { "wa", "wln", "Walloon" }, { "wo", "wol", "Wolof" },
	{ "xh", "xho", "Xhosa" }, { "yi", "yid", "Yiddish" }, { "yo", "yor", "Yoruba" }, { "za", "zha", "Zhuang" },
	{ "zh", "zho", "中文" }, { "zu", "zul", "Zulu" },
};

static const char *const long_codes[26] = {
	"aaabacadaeafagahaiakalanaoapaqasatauawaxazbabbbcbdbebfbgbhbibjblbmbnbobpbqbrbsbtbubvbwbxbybzcacbcdcecfch"
	"cickclcmcncpcqcrcsctcucvcwcxcyczdadbdddedfdgdhdidjdldndodqdrdsdtdudwdxdydzeaebecedeeekelemeneqereseuewey"
	"ezfbfdfefgfhfifkfnfofpfsftfufzgagbgcgdgegfggghgigjgkglgmgngogqgrgsgtgugvgwgxgygzhahbhghhhihkhlhmhnhohphr"
	"hshtiaibicidieifigihiiijikiliminioipiqiritiwixiyjajgjijnjpjsjujwjzkbkckdkekfkgkhkikjkkklkmkokpkqkrksktku"
	"kvkwkxkykzlalcldlelflhliljlklllmlnlolplqlrlsltlulwlxlylzmambmcmemfmgmimjmkmlmmmnmompmqmrmsmtmumvmwmxmymz"
	"nanbncndnenfngnhninjnknlnmnnnonpnqnrnsntnunvnwnxnynzoaobocodoeofogoiojokolomonorosotouoxozpbpcpdpepfpgph"
	"pipjpkplpmpnpopppqprpsptpupvpwpxpypzqcqdqgqkqmqnqpqrqtqzrbrcrdrerhrirjrkrlrnrorprqrrrsrurvrwrxryrzsasbsc"
	"sesfsgshsisjskslsnsospsqsrssstsusvswsxsysztatbtctdtetgtitjtktltmtntotptqtrtstttutvtwtxtytzuaubucuduguhui"
	"ujukulumunuoupuqurutuuuwuxuyuzvbvdvivkvlvmvnvovsvtvuvvwawbwcwewgwhwiwkwmwnwowrwswtwuwvwwwxwyxbxexgxkxlxm"
	"xxyaybycydyeygyhyiykylynyoypyqyrysytyuyzzazbzdzgzjzmznzoztzz",
	"aaabacaeafagahajalanaoaparasauavawaxaybabbbcbdbebfbgbhbibjbkblbmbnbobpbqbrbsbtbubvbwbxbycacbcccdcecfcgch"
	"cicjckclcmcncocpcqcrcsctcucvcwcyczdadbdcdddedfdgdhdidjdkdldmdndodpdqdrdsdtdudvdwdxdydzeaebecedeeefegehei"
	"ejekemeoepeqeseteuevewexeyezfafbfcfdfefffgfhfifjfkflfmfnfofpfqfrfsftfufwfxfyfzgagbgcgdgegfgggigjgkglgngo"
	"gpgqgrgsgtgugvgwgxgygzhahbhchdhehfhghhhihjhlhmhnhohphqhrhshthuhvhwhxhyhziaibidieifigikiliminioipiqiritiu"
	"iviwixiyizjajbjcjejfjgjhjijjjkjljmjnjojpjrjsjtjujvjwjxjyjzkakckdkfkgkhkikjkkklkmknkokpkqkrksktkukvkwkxky"
	"kzlalblcldlelflhliljlklllmlnlolplqlrlsltlvlwlxlylzmambmcmdmemfmgmhmimjmkmlmmmnmompmqmrmsmtmumvmwmxmznanb"
	"ncndnenfngninjnknlnmnnnonpnqnrnsnunvnwnxnynzoaoboeofogohoiojokolomonooopoqorotouovowoxoyozpapcpdpepgphpi"
	"pjpkplpmpnpopppqprpsptpupvpwpxpypzqaqbqcqdqfqgqhqiqjqkqlqmqnqoqpqqqrqsqtquqvqwqxqyqzrarbrcrdrfrgrhrirjrk"
	"rlrmrnrorprqrrrsrtrurvrwrxryrzsasbscsesfsgshsisjskslsmsnsospsqsrssstsusvswsxsytatctdtetftgthtitjtmtntotp"
	"tqtrtstttutvtwtxtytzuaubucudueufuguhuiujukumunuoupuqusutuuuvuwuxuyuzvavbvcvdvevfvgvhvivjvkvlvmvnvovpvqvr"
	"vtvuvvvwvxvyvzwawbwcwdwewfwgwhwiwjwkwlwmwnwowpwqwrwswtwuwwwxwywzxaxbxcxdxexfxgxhxixjxkxlxmxnxoxpxqxrxsxu"
	"xvxwxzyaybycydyeyfygyhyiyjykylymynyoypyqyrysytyvywyxyzzazbzczdzezfzgzhzizjzkzlzmznzozpzqzrzsztzuzvzwzxzy"
	"zz",
	"aaabacadaeafagahajakalamanaoapaqarasavawaxayazbbbcbdbgbibjbkblbnbobqbrbsbtbubvbwbycccdcecgchcjclcmcocpcr"
	"dadedfdhdidjdmdndodrdsdydzeaebegekeneteyfafdfgfmgagcgggkhbhchdhfhghhhjhkhlhmhnhohphqhrhthwhxhyhziaibicid"
	"ieihikiminipiriwiyjajejhjijkjmjnjojpjsjvjykbkhklkmknkokqkrksktkukvkxkykzlalcldlelhliljlklllmloltlulwlyma"
	"memgmimlmmmnmomrmsmtnanbncngnhninknlnonpnqnrnsntnunwnxoaobocodoeofogohojokolomonooopoqotouovowoxozpapbpc"
	"pgpipnpopspupxpyqdrarbrcrdrfrgrhrirjrkrlrmrnrorqrrrsrtrvrwrxryrzsasbscsdsesfsgshsisjskslsmsnsospsqsrssst"
	"svswsxsysztatctdtetgthtltmtntotptstttutytzuaubucuhuiujukuluoupuqurutuuuvuwuxuyvgvnwawbwdwewgwtyaybyozhzk"
	"znzozt",
	"aaacadaeagahaiajakalamaoaqarasauavawaxazbabbbdbebfbgbibjblbmbnbobpbqbrbtbubvbwbycccrdadddedgdidjdndodrds"
	"dwecedeeefegeheiekelemenepeqeresevezgagbgcgdgeggghgigkglgngogrgsgtgwgxgzhdhghihlhmhnhohrhshuhvhwhxiaibic"
	"idifigihiiijikiliminioipiqirisiuiwixiyizjajbjcjdjejfjijjjkjmjnjojrjujwkakgkkkrkskxlglklmlnmambmcmdmemfmg"
	"mkmlmmmomrmsmumvmwmxmynandnengninjnknnnonrntnunvnwnyoaobocoeofohoiokolonooopoqorosotovowoxoyozpprbrcrdre"
	"rgrirlrnrorqrsrtrurysbseshsislsnsosqsztatbtdthtitktmtntotptrtstttutyuaubucueufuguhuiukulumunuoupuqurusuu"
	"uvuwuxuyuzvawawkwrwswuwwwywzyaybydygyiymynyoyuyyzazezgzlzn",
	"aabcbgbkbobrbucrcscyeefafefigaglgmgogyhshuipitivjakakekgkikkklkmkokpkrkylelhlilklmlolulxmambmemgmimkmmmn"
	"mpmqmsmumwmxmymznanbncndnfnhnlnmnnnonqnrnunvnwnxotpirargrhrirkrorrrsrtrwsesgshsiskslsmsnsosqsssusytbtcth"
	"tntotrtstttutxtzvevhvnwoxtyayozaze",
	"aaabadafagahaiajakalamanaparatauaxayazblcserfifmgriaieifilipiritiwkkkvlalhlilllnlrlympmunbngniodoiomonor"
	"ospeqsrcrdrkrmrorprqrrrsrtseslssubucudueufuhuiujumunuqurutuuuvuyvrwawe",
	"aaabacadaeafagahaiajakalamanaoapaqarasatauawaxayazbabbbdbebfbgbhbibjbkblbmbnbobpbqbrbsbubvbwbxbybzcccdce"
	"cfclcncrctdadbdcdddedfdgdhdidjdkdldmdndodqdrdsdtdudxeaebecedefegeheiejekeleqesevewexeyezfkftgagbgdgegggk"
	"glgtgugwhahchehhhkhlhnhohrhshtiaibicidieigihiiiliminipiqirisitiuiwixiyizjkjmjnjrjukakdkeknkokpkulblcldlh"
	"ljlklllolrlulwlymambmdmgmhmlmmmnmrmumvmxmymznanbncndnengnhninjnknlnmnnnonqnrntnunwnzoaobocodoeofogohoioj"
	"okolomonooopoqorosotouovowoxoyozpapepnqaqiqnqrqurarbrcrdrgrhrirjrmrorqrrrsrtrurvrwrxryrzsesgslsmsnsospss"
	"swtatuuaubucudueufuguhuiukulumunuoupuqurusutuuuwuxuzvavcvevfvjvlvmvnvovpvrvsvywawbwcwdwewfwgwiwjwmwnwrwt"
	"wuwwwxxxyaybydyeyfygyiylymynyoyryyyzzazizn",
	"aaabacadaeafagahaiajakalamanaoapaqarasavawaxayazbabbbnbobucachdndsdyeaedegeheiemgmgwhihrhyiaibidifigihii"
	"ijikilioiritiwixjikakekhkkknkslalbldleltlumambmcmdmemfmgmhmimjmkmlmmmnmpmqmrmsmtmumvmwmymznandnengnhninj"
	"nnnonsnuoaobocodoeohoiojolomoooporosotovowoyozpopsrarcrerkrmrorprtrurwrxrzsbshslsnsstitotstutxubucudueuf"
	"uguhuiujukulumuoupuqurusutuuuvuwuxuyuzvcvevkvnvvwawcwoyayw",
	"aianarbabbbdbebgbhblbmbnbrbubycachclcrdadbdcdddedidrdsdtdufafbfefffkfmfufygbgeggglgmgngogsgwhbhihphwinjc"
	"jejjjnjskekikkklkokpkrksktkvkwkxkzlalblglilklmlolplslulvmamimlmnmomrmsmtmynbngnhnjnlnmnnnonpnsntnzorouow"
	"pipoquqwrerhrirkrnrrrurxrysascsdsesgshsisksmsnsosrstsutbtdtetitktltmtotrtstttvtwtxtytzumvbvvwkwmwowsxcxl"
	"yayoyxzhzrzz",
	"aaabacadaeafahajakalamanaoaqasatauaxayazbebibjbkbmbnbobrbtbubwcsctdadgdtebeeeheiekelenereteugbgegkgohihs"
	"iaibicidieigihiiilimioiqitiuiviyjejrkakmkokpkrkskulelsmambmcmdmimlmnmrmsmwmxnandngninjnlnsobodogorosowpa"
	"prqrrarbrrrtrusluaubucuduhuiukulumunuoupurusutuuuwuyvdvnwiyayeyy",
	"aaabacadaeafagahaiajakamaoapaqavawaxaybabbbcbdbebgbhbibjbkblbmbnbobpbqbrbsbtbubvbwbxbybzcacbcccdcecfcgch"
	"cicjckclcmcncocpcqcrcsctcucvcwcxcyczdadcdddedfdgdhdidjdkdldmdndpdqdrdtdudwdxdydzeaebecedeeefegeheiejekel"
	"emeneoepeqereseteuevewexeyezfafbfcfdfefffgfhfifjfkflfmfnfofpfqfrfsftfufvfwfxfyfzgagbgegfgggigjgkglgmgngo"
	"gpgqgrgsgtgugvgwgxgyhahbhchdhehfhghhhjhkhlhnhohphqhrhshthuhvhwhxhyhziaibicidieifigihiiijilimioipiqisitiu"
	"iviwixiyizjajbjcjdjejgjhjijjjkjljmjnjojpjqjrjsjtjujvjxjyjzkakbkckdkekfkgkhkikjkkklkmknkokpkqkrksktkukvkw"
	"kxkykzlalblcldlelflglhliljlklllmlnlolplqlrlsltlulvlwlxlylzmambmcmdmemfmgmhmimjmkmlmmmnmompmqmrmsmtmumvmw"
	"mxmymznanbncndnenfngninjnknlnmnnnonpnqnrnsntnunvnwnxnynzoaocodoeofogohoiokolooopoqosotouovowoyozpapbpcpd"
	"pepfpgphpipjpkplpmpnpopqprpsptpupvpwpxpypzqaqbqcqdqeqfqgqhqiqjqkqlqmqnqoqpqqqrqsqtquqvqwqxqyqzrarbrcrdre"
	"rfrhrirjrkrlrnrprrrsrtrurvrwrxryrzsasbscsdsesfsgshsisjskslsmsnsospsqsrssstsusvswsxsysztatbtctdtetftgthti"
	"tjtktltmtntotptqtstttutvtwtxtytzubucudueufuguhuiujukulumunuoupuqusutuuuvuwuxuyuzvavbvcvdvevfvgvhvivjvkvl"
	"vmvnvovpvqvrvtvuvvvwvxvyvzwawbwcwdwewfwgwhwiwjwkwlwmwnwowpwrwswtwuwvwwwxwywzxaxbxcxdxfxhxixjxkxmxnxoxpxq"
	"xrxsxtxvxwxxxyxzyaybycydyeyfygyhyiyjykylymynyoypyqyrysytyuyvywyxyyyzzazbzczdzezfzgzizkzlzmznzozpzqzrzszu"
	"zvzwzxzyzz",
	"aaabacadaeafagahaiajalamanapaqarasauawaxayazbbbcbebfbgbibjbkblbmbnbobqbrbsbtbubvbwbxbybzcccdcecfchclcmcp"
	"cqcsdadbdddgdhdidjdkdldmdndodpdqeaebecedeeefeheiejekelemeneoepeqereseteuevewexeyezfafngagbggghgigkglgmgn"
	"gogqgrgtgugzhahhhihlhmhnhphshthuiaibicidieifigihijikilioipiqirisiuiviwixiyizjajejijljpjwjxkakbkckdkekhki"
	"kjklkmknkokrksktkukylalblcldlelflglhliljlklllmlnlplqlslulxmambmcmdmemfmgmhmimjmkmlmnmompmqmrmumvmwmxmyna"
	"nbndngnhninjnlnmnnnsnunwnzoaobocoeofogohoiojokolomonooopoqorosotouovowoxoyozpapepnpopxqrrarcrergrirkrlrm"
	"rnrorrrtrvrzsasbscsdseshsislsmsnsospsrssstsvswsytctgthtitntotstuuaucudueufuiujukulumunuoupuqurusutuuuvuw"
	"uyuzvavivkvsvuwawewgwhwlwmwowswtwuwwxmyaygynzhzlznzz",
	"aaabadaeafagaiajakamanaqasatauavawaxazbabbbcbdbebfbhbibjbkblbmbnbobpbqbrbsbtbubvbwbxbybzcacbcccdcecfcgch"
	"cicjckclcmcncocpcqcrcsctcucvcwcxcyczdadbdcdddedfdgdhdidjdkdldmdndpdqdrdsdtdudvdwdxdydzeaebecedeeefeheiej"
	"ekelemeneoepeqereseteueveweyezfafbfcfdfefffgfhfifjfkflfmfnfofpfqfrfsftfufvfwfxfyfzgagbgcgdgegfggghgigjgk"
	"glgmgngogpgqgrgsgtgugvgwgygzhahbhchdhehfhghihjhkhlhmhnhohphqhrhshthuhwhxhyhziaibicidieifigihiiijikilimin"
	"ioipiqiritiuiwixiyizjbjcjdjejgjhjijjjkjljmjnjojpjqjrjsjtjujvjwjxjyjzkakbkckekfkgkikjkkklkmknkokpkqkrkskt"
	"kukvkwkxkykzlalblclelflhliljlklllmlnlolplqlrlslulvlwlxlzmambmcmdmemfmgmhmimjmkmlmmmnmompmqmrmtmumvmwmxmy"
	"mznanbncndnenfngnhninjnknlnmnnnpnqnrnsnunvnwnxnynzoaocodoeogohoiojokomooopoqorosotouovowoxoyozpapbpcpdpe"
	"pgphpipjpkplpmpnpopppqprpsptpupvpwpxpypzqaqbqcqeqfqgqhqiqjqkqlqmqnqoqpqqqrqsqtquqvqwqxqyqzrarbrcrdrerfrg"
	"rhrjrkrlrmrnrorprqrrrsrtrurvrwrxryrzsbscsdsesfsgshsisjskslsmsnsospsqsrsssusvswsxsysztatbtctdtetftgthtitj"
	"tktltmtntotptqtrtstttutvtwtxtyuaubucudueuguhuiujukumuoupuqurusutuuuvuxuyuzvavbvdvevfvgvhvivkvlvnvovpvqvr"
	"vsvtvuvvvwvxvyvzwawbwcwewfwgwhwiwkwlwmwnwowpwqwrwswtwuwvwwwzxaxbxcxdxexfxgxhxixjxkxlxmxnxoxpxqxrxsxtxuxv"
	"xwxxxyxzybycyeyfygyhyjykylymyoypyrysyuyvywyxyyyzzazbzczdzezgzhzizjzkzlzmznzozpzqzrzsztzuzvzwzxzyzz",
	"aaabacaeafagajakalamanaoapaqarasatawaxayazbabbbcbdbebgbhbibjbkbmbnbobpbqbrbsbtbubvbwbycacbcccdcecfcgchci"
	"cjckclcmcncocqcrcsctcucxczdadbdcdddfdgdhdidjdkdldmdndpdqdrdsdtdudvdwdxdydzeaebecedeeefegeheiejekemeneoeq"
	"ereseteuevewexeyezfafdflfrfugagbgcgdgeggghgigjgkglgmgngpgqgrgsgtgugvgwgxgygzhahbhchdhehfhghhhihkhmhnhohp"
	"hqhrhthuhvhwhxhyhziaibidieifigihiiijikiliminioiqirisitiuiviwixiyizjajbjdjhjijjjljmjnjojrjsjtjujxjyjzkakb"
	"kckdkekfkgkhkikjkkkmknkokpkqkrksktkukvkwkxkzlalclelgliljlklllmlolqlulvlwlxlylzmambmcmdmemfmgmhmimjmkmlmm"
	"mnmompmqmrmsmtmumvmwmxmymznanbncndnenfngnhninjnknlnmnnnpnqnrntnunvnwnynzoaocodoeofogohoiojokolomonopoqos"
	"otouovowoyozpapbpgphpiplpnpopspupxpyqgqkqlqmqnqoqqqtqyrarbrcrerfrgrirkrlrmrnrprrrtrurxrzsasbscsdsesfsgsh"
	"siskslsmsnsospsqsrssstsusvswsxsysztdtetgtitjtktmtotptrtutwtxtytzuaucudueufuguhuiujukulumunuoupuqurusutuu"
	"uvuwuxuyuzvhvmvowawbwcwewgwiwmwowrwwwxwyxaxdxexgxixkxlxmxnxoxqxrxxybycydyeyfygyhyiyjykylymynyoypyqyrysyt"
	"yuyvywyxyyzazbzdzizkzmzszuzyzz",
	"aaacaravbibkblbmbobrbtbucachcmcocudadkdtdufofsfugbgcgegggoguhthuiaieinjbjcjgjpjsjvjwkakbkckdkekgkhkikjkk"
	"klkmknkokrkskukvkxkzlaldlelklmlolrltlumambmcmgmimkmlmnmompmrmtmumwmxmynanbnengninjnknnnonpnrnsntnunwnxod"
	"ogonorospapkpmpoptpyrarcrergrhrnrorrrsrtrurvrwrxryrzsascsisnsospstsusxtatbtdtetitktltmtntqtrtstttutwtxty"
	"tzuaubueuiumvdwiwlybydymyyzm",
	"abacadaeafagahaiakalamaoapaqarasauavawaxayazbbbcbebfbgbhbiblbmbnbobpbrbsbtbubvbycacbcccdcecfcgchcicjckcl"
	"cmcncpcwdadcdidndodtdueaebedeeefegeheiejekelemeoepeqesevexeyezfafeflgagdgggigkglgngsgugzhahdhghhhjhkhlhm"
	"hnhohqhrhthuhvhwiaibicidieifigihijiliminioipirisitiuiviwixiyizjtkakbkckgkhknkokpkrksktkulalblcldlelglhlj"
	"lklllnlolqlrlsltlulvlwlylzmambmdmemfmhmimjmkmlmmmnmomqmrmsmtmwmxmymznanbncndnengnhninjnknlnmnnnonpnqnrns"
	"ntnunvnwnxnynzocoeofogohoiokomonooopoqosotovowoxoypepipkplpmpnpopppqpsptpuqaqmrcrdrerfrgrhrirkrlrmrnrorp"
	"rqrrrsrtrurwrxrzsascsdsesgshsislsmsnsospsqsrssstsuswsytathtitntotptqtrtttutvtwtyuaubucudueufuguiujumuoup"
	"uqurutuuuwuxuywawbwgwiwmwnwowrwwxmyeymynysyuyxyyzhzn",
	"uaubucudufuguhuiukulumunupuqurusuvuwuxuyuzvavcvevhvivjvlvmvnvovpvsvwvyvzwawcwhwmwswtxaxcxhxlxnxoxpxqxrxs"
	"xtxuxwyayp",
	"aaabacadafagahaiajakalamanaoapaqarasatauavawaxayazbbbkblbpcfdbeaebeeegeiejelemenereseteygagegkgngrgsguhg"
	"hpiaibifiliminiritiujgjijskakbkhkikmktkwmambmcmdmemfmgmhmimkmlmmmnmompmqmsmtmumvmwmxmymznbndngnlnnnpnrnw"
	"obocodoeofogolomoooporouowpnptrirortsbskslsmsntcthtmtstwubucueufuguhuiukuoupuqutuuuyuzwawkwlwmwowrxdxwyn"
	"ysyuzh",
	"aaabacadaeafahajakamaoaqarasatauavawaxayazbabbbcbdbebfbgbhbibjbkblbmbnbobpbqbrbsbtbubvbwbxbybzcbcecfcgch"
	"cickclcncocpcqcsctcucvcwcxdadbdcdedfdgdhdjdkdldndodpdqdrdsdtdudxdzeaebecedeeefegeheiejekeleneoepeqereset"
	"eueveweyezfbfefmfsfwgagbgcgdgeggghgigjgkgmgpgrgsgtgugwgxgygzhahbhchdhehghhhihjhkhlhmhnhohphqhrhshthuhvhw"
	"hxhyhziaibidieifigihiiijikilimipiqirisiuiviwixiyizjajbjdjejgjkjljmjnjojpjrjsjtjujwkakbkckdkekfkgkhkikjkm"
	"knkokpkqkrksktkukvkwkxkykzlcldlelflglhliljlllmlnlplqlrlsltlulwlxlylzmambmcmfmgmhmjmkmlmmmnmpmqmrmsmtmumv"
	"mwmxmymzncnenfngninjnknlnmnnnonpnqnrnsnunvnwnxnynzoaobocodoeogohoiojokolooopoqorosouovowoxoyozpbpcpdpepg"
	"pipkplpmpnpopppqprpsptpupvpxpyqaqhqkqmqnqoqqqrqsqtquqxrarbrcrerfrgrhrirkrlrmrnrorqrrrsrtrurvrwrxryrzsbsc"
	"sdsesfsgshsisjskslsmsnsospsqsrssstsusvsxsysztatbtdtetftgthtitjtktltmtntotptqtrtstttutvtwtyuaubucueuguiuj"
	"ukuouqurusutuvuwuxuyuzvavbvcvevkvmvsvxwbwcwfwgwhwiwjwkwlwmwnwowpwqwrwswtwuwvwwwxwyxbxcxexgxkxlxmxnxoxrxs"
	"xuxwyaybycyiykylymynyoyrysywyxyyzazbzczdzezgzlznzpzszvzwzy",
	"aaabacadaeafagajakalanaoapaqarasauavawaxayazbabcbdbebfbgbhbibjbkblbmbnbobpbrbsbtbubvbwbxbybzcacbcccdcecf"
	"cgchcickclcmcncocpcqcsctcucwcxcyczdadbdcdddedfdgdhdidjdkdldmdndodqdrdsdtdvdxdyeaebecedeeefegeheiekemeneo"
	"epeqereseteuevewexeyezfifnfofrftgagbgcgdgegfghgigjgngogpgqgrgsgtgugvgwgxgygzhdhehfhhhihkhlhmhnhphqhrhsht"
	"huhvhyhziaicifigihiiijikiliminioipiqisitiuiviwixiyizjajgjijjjljmjnjojpjsjujwkakbkdkekfkgklkmknkpkqkrkskt"
	"kukvkwkxkzlalblcldlflglhliljlklllmlnlolplqlrlsltlulvlxlymambmcmdmemfmgmhmimjmkmlmmmnmomqmrmsmtmumvmwmymz"
	"nanbncndngnhninknlnmnnnonpnqnrnsntnunvnwnxnynzobocodofogohoiojokolomooopoqorosouovowoxoyozpapcpepfpgpipj"
	"pkplpmpnpopppqprptpupvpwpxpypzqbqlqmqnqoqpqqqrqtquqwrarbrcrdrerfrgrhrirjrlrmrnrorprqrrrsrtrurvrwrxryrzsa"
	"sbscsdsesgshsisjskslsmspsqsrssstsusvswsxsysztatbtctdtetftgthtitjtktltmtntotptqtrtstttutvtwtytzuaubucudue"
	"ufuguhuiujulumunuouqusuuuvuxuyuzvavdvevkvlvmvnvovsvtvuvwvxvywawbwcwdwewfwgwhwlwmwnwowpwqwrwtwuwwwxwyxaxb"
	"xcxexgxhxixjxmxnxoxqxrxsxtxuxxxyyayeyhyiyjylynypyrysytyuyvyxyyyzzazhzjzlzmznzozx",
	"amanarbabiblbrbubydadedgdidjdldmduesfigagbgeghgngogyhahnisivjikakgkhkikkklkpkqkskukvkwkylalblclelflilkll"
	"lmlnlulwmambmcmdmgmimmmnmompmrmsmunanengninknmnnnrnunxnzonpipvrarbrcrerfrgrhrirkrlrmrnrorprrrtrurvrwrxry"
	"rzsashsiskspsssutatethtptrtuumuruuvevhvlwayaznzs",
	"aaaeafagahaiajalamanaoaparasauavaybbbkecedelemeoepergrgticidifigilinisitivkakjkkklkmknkokpktkukzlplsmamb"
	"mcmdmemfmgmhmimjmkmlmmmpmqmrmsmumvmwmxmymznknmnporotrarorsrtsislsvtoumunutwa",
	"aaabacadaeafagahaiajalamanaoapaqarasatauavawaxayazbabbbebfbhbibjbkblbmbpbqbrbsbtbvbwcacidddgdjdkdtdudyea"
	"ecedegeheiemeoepereseteuewfggagbgggigogugyhahghkhuibicieifigihiiijikiliminiriuiviyjajikakbkdklkrkukwkyla"
	"lclelglhlilklllmlolrlslulvlwlxlymambmcmdmemgmhmimmmnmomsmtmwmxnbncndnengninknmnnnonpnunwnyoaobocodoeofog"
	"oiokomonooorosowoypcrbrgrhrirkrlrmrnrorprrrsrurvrwrxryrzsasgsisksrsssusvtfthtitktmtwuaubuduhulumunurutuu"
	"uvuxuywawbwowrwwxaxwybyiymynyryy",
	"aaabacadaeagaiajakalamanaoapaqarasatauavawaybbbcbdbebgbibjbmbnbobpbrbwbycbcccecgchclcmcncocrctcucvcwcyda"
	"dcdkdmdodqdyebedegelemepereseteufagagbgdgfgggiglgmgrgugwhahchdhehmhrhthuhvibiiilinirisiviyjbjtkakbkckdke"
	"kfkgkikjkkklknkokpkqkrksktkukvkwkxkykzlalblcldlelglilnlolplslulymambmcmdmemfmgmhmjmkmlmmmnmompmqmrmsmtmu"
	"mvmwmxmymznanbngnhninjnknmnnnonqnrnsntnunynzocodogoiokomonoooporowpapbpcpdpepfpgphpipjpkplpmpnpopppqprps"
	"ptpupvpwpxpypzqaqtrarbrdrergrirmrnrrrtrurwsasbscsdseshsisjslsmsnsospsqsrsssusvsytatbtctdtetgthtitjtltmtn"
	"totptqtrtstttutvtwtyuaubudugujulumunuoupurutuuvevivnvovswawcwdwewgwjwkwlwowrwtwwxbxkxmxrxtyaybyjykylytyy"
	"zhzmzp",
	"aaabacadaeafagahaiajakalamanaoapaqarasatauavawaxayazbabbbebhbibjbkblbmbnbobxbychclcncpdadddedgdkeaeceeei"
	"ejelereseteueveygagiglgmgpgrgsgugwhahdhlhsiaifigihiiijikiliminipiqirisitiuivixizkakgkikkklkmknkokrktkuky"
	"lalblelglilllmlnlolrlulymbmcmdmemgmhmimkmlmmmnmompmqmrmsmxmznandnengnknlnnnonqnsnuobogoiokolomonotoxoypa"
	"pbpgphpmpnpopppzrarbrerkrlrmrnrorsrwryscsdsgslsmsnsospsrsssytatltptwtyuaubucudueufuguiujukulumunupuqurut"
	"uwuxuyuzvavtwawgwlwnwqwrwtwuwwxaxgxlxmxuxyyryuyzzgzk",
	"aaabacadaeafagahaiajakalamaoapaqarasatauavawaxayazbabcbeblbtbubwcacdchdjeaegehengagbghgmgngrhbhdhihnhwia"
	"ibikiliminiwizkakbkdkgkhkkknkokpkrktkukvkzlaljlmlnlqmambmcmdmemfmgmhmimjmkmlmmmnmompmqmrmsmtmumvmwmxmymz"
	"nanengnknsocohomoooqorospapbpcpdpepfpgphpipjpkplpmpnpopppqprpsptpupvpwpxpypzqerargrnrorprssaskslsmsrsute"
	"tgtltmtntptqtstttutxtyuauhumunuywaybygyjynypzazj",
};

static const char scripts[] =
	"AdlmAfakAghbAhomArabAranArmiArmnAvstBaliBamuBassBatkBengBhksBlisBopoBrahBraiBugiBuhdCakmCansCariChamCher"
	"CirtCoptCprtCyrlCyrsDevaDsrtDuplEgydEgyhEgypElbaEthiGeokGeorGlagGothGranGrekGujrGuruHanbHangHaniHanoHans"
	"HantHatrHebrHiraHluwHmngHrktHungIndsItalJamoJavaJpanJurcKaliKanaKharKhmrKhojKitlKitsKndaKoreKpelKthiLana"
	"LaooLatfLatgLatnLekeLepcLimbLinaLinbLisuLomaLyciLydiMahjMandManiMarcMayaMendMercMeroMlymModiMongMoonMroo"
	"MteiMultMymrNarbNbatNewaNkgbNkooNshuOgamOlckOrkhOryaOsgeOsmaPalmPaucPermPhagPhliPhlpPhlvPhnxPiqdPlrdPrti"
	"RjngRoroRunrSamrSaraSarbSaurSgnwShawShrdSiddSindSinhSoraSundSyloSyrcSyreSyrjSyrnTagbTakrTaleTaluTamlTang"
	"TavtTeluTengTfngTglgThaaThaiTibtTirhUgarVaiiVispWaraWoleXpeoXsuxYiii";

static const char regions[] =
	"ADAEAFAGAIALAMAOAQARASATAUAWAXAZBABBBDBEBFBGBHBIBJBLBMBNBOBQBRBSBTBVBWBYBZCACCCDCFCGCHCICKCLCMCNCOCRCUCV"
	"CWCXCYCZDEDJDKDMDODZECEEEGEHERESETFIFJFKFMFOFRGAGBGDGEGFGGGHGIGLGMGNGPGQGRGSGTGUGWGYHKHMHNHRHTHUIDIEILIM"
	"INIOIQIRISITJEJMJOJPKEKGKHKIKMKNKPKRKWKYKZLALBLCLILKLRLSLTLULVLYMAMCMDMEMFMGMHMKMLMMMNMOMPMQMRMSMTMUMVMW"
	"MXMYMZNANCNENFNGNINLNONPNRNUNZOMPAPEPFPGPHPKPLPMPNPRPSPTPWPYQARERORSRURWSASBSCSDSESGSHSISJSKSLSMSNSOSRSS"
	"STSVSXSYSZTCTDTFTGTHTJTKTLTMTNTOTRTTTVTWTZUAUGUMUSUYUZVAVCVEVGVIVNVUWFWSYEYTZAZMZW";

static const struct {
	const char older[4], code[3]; /* bibliographic codes of ISO 639-2, which people also write */
} other_codes[] = {
	{ "alb", "sq" }, { "arm", "hy" }, { "baq", "eu" }, { "bur", "my" }, { "chi", "zh" }, { "cze", "cs" },
	{ "dut", "nl" }, { "fre", "fr" }, { "geo", "ka" }, { "ger", "de" }, { "gre", "el" }, { "ice", "is" },
	{ "mac", "mk" }, { "mao", "mi" }, { "may", "ms" }, { "per", "fa" }, { "rum", "ro" }, { "slo", "sk" },
	{ "tib", "bo" }, { "wel", "cy" },
};
