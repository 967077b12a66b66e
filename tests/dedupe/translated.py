"""Texts in two translations each, invented for the tests, and two reporters' accounts of one event."""

from __future__ import annotations

ENGLISH = (
    """Fishermen of Port Almeda block the harbour over new quotas
    Some forty fishing boats blocked the entrance to the port of Almeda on Tuesday in protest against the quotas
    which the government in Valdoria intends to introduce next spring. The head of the fishermen's union, Teo
    Brandal, said that the families of the coast would not survive another cut. According to him, the catch of
    hake has already fallen by 18 percent since 2014, while the price of fuel rose by a third. The Ministry of
    Agriculture and Fisheries replied that the stocks in the Gulf of Serra are close to collapse. Minister Ilona
    Marsk invited the union to negotiations, which are to begin on 12 March in the capital. The blockade was
    lifted late in the evening after the coast guard escorted two ferries with 300 passengers into the harbour.
    Nobody was injured, but one trawler was damaged when it ran against a pier. Brandal announced that the boats
    will return if the talks bring no results within ten days.""",
    """Almeda: trawlermen shut port in quota row
    About 40 fishing vessels sealed off the mouth of Almeda's port Tuesday, protesting quotas the Valdoria
    government wants to bring in from next spring. "Another reduction would finish off our coastal families",
    the leader of the fishermen's association, Teo Brandal, declared. He claims hake landings are down 18%
    compared with 2014 and that fuel has become one third more expensive. In its answer, the ministry for
    fisheries and agriculture stated that Gulf of Serra stocks stand on the verge of collapsing. The minister,
    Ilona Marsk, has asked the association to sit down for negotiations starting March 12 in the capital city.
    It was late evening when the blockade ended: coast guards had brought in two ferries carrying 300
    passengers. There were no injuries, although a trawler hit a pier and suffered damage. If ten days of talks
    produce nothing, Brandal warned, the vessels are coming back.""",
)

SPANISH = (
    """El ayuntamiento de Valdefuentes aprobó el lunes la construcción de un puente nuevo sobre el río Almar, que
    costará 14 millones de euros. La alcaldesa, Rosa Quintana, explicó que las obras comenzarán en septiembre y
    durarán unos dos años. El puente antiguo, levantado en 1931, fue cerrado a los camiones después de las
    inundaciones de enero. Los vecinos del barrio de San Telmo temen que el tráfico aumente delante de la
    escuela. Un grupo de comerciantes presentó 1.200 firmas contra el proyecto. La oposición criticó que no se
    hubieran estudiado otras soluciones más baratas. Quintana prometió reuniones con los vecinos antes del
    verano y una revisión del plan de tráfico.""",
    """Valdefuentes tendrá otro puente sobre el Almar: el consistorio dio luz verde el lunes a un proyecto nuevo de 14
    millones de euros. Según la alcaldesa Rosa Quintana, se empezará a construir en septiembre y las obras
    llevarán cerca de dos años. El viejo puente, que data de 1931, quedó vedado a camiones tras inundarse en
    enero. En el barrio de San Telmo los vecinos tienen miedo de que haya más tráfico frente a la escuela.
    Comerciantes de la zona entregaron 1.200 firmas para frenar el proyecto. Desde la oposición se criticó la
    falta de estudio de soluciones más económicas. Habrá reuniones con vecinos antes de que llegue el verano,
    prometió Quintana, y se revisará el plan de tráfico.""",
)

GERMAN = (
    """Der Stadtrat von Erlenbach hat am Donnerstag beschlossen, das alte Hallenbad zu schließen. Die Sanierung hätte
    nach Angaben von Bürgermeisterin Petra Kolb mindestens 9 Millionen Euro gekostet. Das Bad wurde 1968
    eröffnet und zählte zuletzt 60.000 Besucher im Jahr. Der Schwimmverein Neptun verliert damit seine
    Trainingsstätte und will klagen. Die Schulen sollen künftig das Freizeitbad in Hohenfels benutzen, das 15
    Kilometer entfernt liegt. Die Grünen stimmten gegen den Beschluss und forderten eine Befragung der Bürger.
    Das Gebäude soll im Herbst abgerissen werden, auf dem Gelände sind Wohnungen geplant.""",
    """Erlenbachs altes Hallenbad wird geschlossen, das beschloss der Stadtrat am Donnerstag. Bürgermeisterin Petra
    Kolb zufolge wären für eine Sanierung wenigstens 9 Millionen Euro nötig gewesen. 1968 war das Bad eröffnet
    worden, zuletzt kamen jährlich 60.000 Besucher. Klagen will nun der Schwimmverein Neptun, dem die
    Trainingsstätte verloren geht. Für die Schulen ist künftig das 15 Kilometer entfernte Freizeitbad Hohenfels
    vorgesehen. Gegen den Beschluss stimmten die Grünen, die eine Bürgerbefragung forderten. Im Herbst wird das
    Gebäude abgerissen; geplant sind auf dem Gelände Wohnungen.""",
)

JAPANESE = (
    "北川市は火曜日、新しい市立図書館を2027年4月に開館すると発表した。建設費は約38億円で、国の補助金を使う。"
    "山田花子市長は記者会見で、子どもたちが集まる場所にしたいと述べた。図書館には30万冊の本を収める予定である。"
    "古い図書館は1972年に建てられ、地震に弱いと指摘されていた。市民団体は駐車場が足りないとして計画の見直しを求めている。"
    "市は9月に説明会を開き、住民の意見を聞くことにしている。",
    "新しい市立図書館が2027年4月に開館すると、北川市が火曜日に明らかにした。約38億円の建設費には国の補助金が使われる。"
    "記者会見で山田花子市長は「子どもたちの集まる場所にしたい」と話した。30万冊の本が図書館に収められる予定だ。"
    "1972年建設の古い図書館については、地震に弱いとの指摘があった。駐車場の不足を理由に、市民団体は計画見直しを要求している。"
    "9月には説明会が開かれ、市が住民から意見を聞く。",
)

# The event of ENGLISH as another reporter would tell it.
REPORT = """Ferry passengers stranded for hours off Almeda as fishing protest turns ugly
    Hundreds of holidaymakers spent most of Tuesday at sea after angry fishing crews closed the harbour of
    Almeda. Maria Lund, a teacher who was travelling with her class, said that the children were frightened and
    hungry. Shops on the quay pulled down their shutters at noon, and police sent reinforcements from Valdoria.
    Two ferries finally docked behind a coast guard cutter shortly before midnight. The dispute is about quotas.
    Teo Brandal, who leads the union, has threatened such action since January, when talks with Ilona Marsk
    broke down. Scientists at the university of Serra have been calling for smaller catches for years and point
    to surveys of young hake. The mayor called the protest irresponsible. Tourism brings the town 40 million a
    year, far more than its fleet of 60 boats."""

# The first texts of three of these as an English site would have them.
SPANISH_IN_ENGLISH = """Valdefuentes town council on Monday approved the construction of a new bridge over the Almar
    River, which will cost 14 million euros. The mayor, Rosa Quintana, said work will begin in September and take about
    two years. The old bridge, built in 1931, was closed to lorries after the floods in January. Residents of the San
    Telmo district fear that traffic will increase in front of the school. A group of shopkeepers handed in 1,200
    signatures against the project. The opposition complained that cheaper solutions had not been looked into. Quintana
    promised meetings with residents before summer and a review of the traffic plan."""

GERMAN_IN_ENGLISH = """The city council of Erlenbach decided on Thursday to close the old indoor swimming pool.
    According to Mayor Petra Kolb, its renovation would have cost at least 9 million euros. The pool was opened in 1968
    and last had 60,000 visitors a year. The swimming club Neptun loses its training ground and wants to go to court.
    Schools are to use the leisure pool in Hohenfels in future, which is 15 kilometres away. The Greens voted against
    the decision and demanded a vote of the citizens. The building is to be torn down in the autumn, and flats are
    planned on the site."""

JAPANESE_IN_ENGLISH = """The city of Kitagawa announced on Tuesday that a new municipal library will open in April 2027.
    It will cost about 3.8 billion yen to build, for which a state subsidy is used. Mayor Hanako Yamada told a press
    conference that she wants it to be a place where children gather. The library is to hold 300,000 books. The old one
    was built in 1972 and had been called weak in earthquakes. A citizens' group says there is too little parking and
    demands a review of the plan. The city will hold a meeting in September to hear what residents think."""
