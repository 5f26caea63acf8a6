"""The words that pages of the loopback web are made of, in eight languages: sentences with slots, and what fills them.

A slot is ``{name}``; ``Material.slots`` holds what may stand there.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Material:
    """What an article of a language is made of; ``joint`` stands between two sentences."""

    titles: tuple[str, ...]
    headings: tuple[str, ...]
    sentences: tuple[str, ...]
    items: tuple[str, ...]
    columns: tuple[str, str, str]
    slots: Mapping[str, tuple[str, ...]]
    joint: str = " "


ENGLISH = Material(
    titles=(
        "How a product manager prepares {doc} before {moment}",
        "A product manager's guide to {skill} in {time}",
        "What {who} should know about {skill}",
        "Growing into {role}: {skill} step by step",
        "The {skill} habits that get product managers promoted to {role}",
        "From first interview to {role}: a guide to {skill}",
    ),
    headings=(
        "Start with {skill}",
        "What goes into {doc}",
        "Before {moment}",
        "How {who} can practise",
        "Mistakes around {skill}",
        "What changes when you are {role}",
        "A plan for {time}",
        "Questions to ask {group}",
    ),
    sentences=(
        "{who} who takes {skill} seriously writes {doc} long before {moment}.",
        "In product management, {skill} is what {group} will remember of you after {time}.",
        "Ask {group} which decision they are waiting for, and write the answer into {doc}.",
        "A good product manager spends {time} on {skill} and does not apologise for it.",
        "When I became {role}, nobody told me that {skill} would fill half of my calendar.",
        "Show {doc} to {group} while it is still rough, because a finished one invites no questions.",
        "The roadmap is a promise about problems, and {skill} decides which of them you can keep.",
        "If {group} cannot repeat the outcome in one sentence, {doc} is too long.",
        "Hiring managers look for evidence of {skill}, so keep {doc} from every launch in a folder.",
        "After {moment} you should be able to say what you learned about users, about {skill} and about yourself.",
        "{who} rarely fails for lack of ideas; more often {group} heard about the idea too late.",
        "Write down the assumption, the test and the number that would change your mind before {moment}.",
        "Some people reach {role} through engineering, others through support, and both need {skill}.",
        "Set aside {time} for interviews with users who left, and bring their words to {group}.",
        "Your manager can only argue for your promotion to {role} with what {doc} makes visible.",
        "Discovery and delivery compete for the same week, which is why {skill} needs a fixed place in it.",
        "A mentor who is already {role} will tell you which parts of {doc} nobody reads.",
        "Do not defend the backlog in front of {group}; explain the trade-off that it stands for.",
        "During {moment}, listen for what is not said about pricing, adoption and support.",
        "It took me {time} to see that {skill} is a matter of rhythm and not of talent.",
        "Every product team argues about priorities, and {doc} gives the argument a place to happen.",
        "Interviewers ask about {skill} because it shows how you treat {group} when things go wrong.",
    ),
    items=(
        "Rewrite {doc} until it fits on one page.",
        "Ask {group} for feedback within {time}.",
        "Practise {skill} with a friend who hires product managers.",
        "Collect three user quotes before {moment}.",
        "Name the metric that {skill} is meant to move.",
        "Tell {group} what you will not build this quarter.",
        "Keep a log of decisions on the way to {role}.",
        "Book {time} for reading support tickets.",
    ),
    columns=("Stage", "What to show", "How long"),
    slots={
        "who": ("a new product manager", "an associate product manager", "a career changer"),
        "skill": (
            "product discovery",
            "prioritisation",
            "stakeholder management",
            "roadmap planning",
            "product analytics",
            "user research",
            "writing product strategy",
            "product storytelling",
            "experiment design",
        ),
        "doc": (
            "a strategy memo",
            "the product brief",
            "a one-page roadmap",
            "the opportunity tree",
            "a portfolio case study",
            "the launch checklist",
            "a decision log",
        ),
        "moment": (
            "the quarterly review",
            "the first planning week",
            "a promotion panel",
            "the final interview round",
            "the next launch",
            "a difficult one-on-one",
        ),
        "time": ("two weeks", "the first ninety days", "an hour a week", "one quarter", "half a year"),
        "role": ("a group product manager", "a senior product manager", "head of product", "a product lead"),
        "group": (
            "your engineers",
            "the sales team",
            "your stakeholders",
            "the designers",
            "the leadership team",
        ),
    },
)

GERMAN = Material(
    titles=(
        "Wie Produktmanager {skill} lernen",
        "{skill} für Produktmanager: ein Leitfaden",
        "Der Weg zum {role}",
    ),
    headings=("Was zu {skill} gehört", "Vor {moment}", "Fragen an {group}", "Der Weg zum {role}"),
    sentences=(
        "Wer als Produktmanager {skill} ernst nimmt, schreibt vor {moment} auf, was die Nutzer wirklich brauchen.",
        "Frage {group}, welche Entscheidung noch fehlt, und halte die Antwort in der Produktstrategie fest.",
        "Auf dem Weg zum {role} zählt weniger die Zahl der Ideen als die Sorgfalt bei {skill}.",
        "Eine gute Roadmap erklärt {group}, welches Problem zuerst gelöst wird und warum andere warten.",
        "Nach {moment} solltest du sagen können, was du über die Nutzer und über {skill} gelernt hast.",
        "Personalverantwortliche suchen nach Belegen für {skill}, deshalb lohnt sich ein Ordner mit Fallstudien.",
        "Ein Produktmanager verteidigt den Backlog nicht, sondern erklärt {group} die Abwägung dahinter.",
        "Plane jede Woche zwei Gespräche mit Nutzern ein, auch wenn {moment} näher rückt.",
    ),
    items=("Sprich mit {group} über {skill}.", "Schreibe vor {moment} eine Seite Strategie.", "Übe {skill}."),
    columns=("Stufe", "Nachweis", "Dauer"),
    slots={
        "skill": (
            "Priorisierung",
            "Produktanalyse",
            "Nutzerforschung",
            "Roadmap-Planung",
            "Produktstrategie",
        ),
        "moment": ("der Quartalsplanung", "dem Vorstellungsgespräch", "der nächsten Einführung"),
        "group": ("die Entwickler", "den Vertrieb", "die Geschäftsführung", "das Designteam"),
        "role": ("Senior Produktmanager", "Leiter des Produktmanagements", "Produktverantwortlichen"),
    },
)

SPANISH = Material(
    titles=("Cómo un product manager aprende {skill}", "Guía de {skill} para product managers"),
    headings=("Qué es {skill}", "Antes de {moment}", "Preguntas para {group}"),
    sentences=(
        "Un product manager que se toma en serio {skill} escribe antes de {moment} lo que los usuarios necesitan.",
        "Pregunta a {group} qué decisión falta y anota la respuesta en la estrategia de producto.",
        "En la carrera de producto pesa menos la cantidad de ideas que el cuidado con {skill}.",
        "Una buena hoja de ruta explica a {group} qué problema se resuelve primero y por qué los demás esperan.",
        "Después de {moment} deberías poder contar qué aprendiste de los usuarios y de {skill}.",
        "Quien contrata busca pruebas de {skill}, así que guarda un caso de estudio de cada lanzamiento.",
        "Reserva dos entrevistas con usuarios cada semana, aunque {moment} esté cerca.",
    ),
    items=("Habla con {group} sobre {skill}.", "Escribe una página de estrategia antes de {moment}."),
    columns=("Etapa", "Qué mostrar", "Duración"),
    slots={
        "skill": (
            "la priorización",
            "la analítica de producto",
            "la investigación de usuarios",
            "la planificación",
        ),
        "moment": ("la revisión trimestral", "la entrevista final", "el próximo lanzamiento"),
        "group": ("los ingenieros", "el equipo de ventas", "la dirección", "el equipo de diseño"),
    },
)

FRENCH = Material(
    titles=("Comment un chef de produit apprend {skill}", "Guide de {skill} pour les chefs de produit"),
    headings=("Commencer par {skill}", "Avant {moment}", "Des questions pour {group}"),
    sentences=(
        "Un chef de produit qui prend {skill} au sérieux écrit avant {moment} ce dont les utilisateurs ont besoin.",
        "Demandez à {group} quelle décision manque encore, et notez la réponse dans la stratégie du produit.",
        "Dans une carrière de produit, le nombre d'idées compte moins que le soin apporté à {skill}.",
        "Une bonne feuille de route explique à {group} quel problème est résolu d'abord et pourquoi.",
        "Après {moment}, vous devriez pouvoir dire ce que vous avez appris des utilisateurs et de {skill}.",
        "Les recruteurs cherchent des preuves de {skill}, gardez donc une étude de cas de chaque lancement.",
        "Prévoyez deux entretiens avec des utilisateurs par semaine, même si {moment} approche.",
    ),
    items=("Parlez de {skill} avec {group}.", "Écrivez une page de stratégie avant {moment}."),
    columns=("Étape", "Preuve", "Durée"),
    slots={
        "skill": ("la priorisation", "l'analyse du produit", "la recherche utilisateur", "la planification"),
        "moment": ("la revue trimestrielle", "le dernier entretien", "le prochain lancement"),
        "group": ("les développeurs", "l'équipe commerciale", "la direction", "l'équipe de design"),
    },
)

RUSSIAN = Material(
    titles=("Как менеджер по продукту осваивает {skill}", "Карьера менеджера продукта: {skill}"),
    headings=("Что такое {skill}", "Вопросы команде", "План на квартал"),
    sentences=(
        "Менеджер по продукту, который всерьёз относится к теме «{skill}», записывает, что нужно пользователям.",
        "Спросите, какого решения ждёт {group}, и запишите ответ в стратегию продукта.",
        "В карьере менеджера продукта число идей значит меньше, чем внимание к теме «{skill}».",
        "Хорошая дорожная карта объясняет, какую задачу {group} решает первой и почему остальные подождут.",
        "После запуска продукта расскажите, что вы узнали о пользователях и чему научилась {group}.",
        "На собеседовании менеджера по продукту спросят про «{skill}», поэтому сохраняйте разбор каждого запуска.",
        "Каждую неделю проводите два интервью с пользователями, даже если {group} торопит с релизом.",
    ),
    items=("Обсудите тему «{skill}» с командой.", "Напишите страницу стратегии продукта."),
    columns=("Этап", "Что показать", "Срок"),
    slots={
        "skill": ("приоритизация", "продуктовая аналитика", "исследование пользователей", "дорожная карта"),
        "group": ("команда разработки", "команда продаж", "команда дизайна", "команда поддержки"),
    },
)

JAPANESE = Material(
    titles=(
        "プロダクトマネージャーのための{skill}ガイド",
        "{skill}を身につけるプロダクトマネージャーの仕事術",
    ),
    headings=("{skill}から始める", "{group}への質問", "四半期の計画"),
    sentences=(
        "プロダクトマネージャーは{skill}を大切にし、ユーザーが本当に必要としていることを書き留めます。",
        "{group}にどの決定を待っているのかを尋ね、その答えをプロダクト戦略に書き加えましょう。",
        "キャリアの中では、アイデアの数よりも{skill}への丁寧な取り組みが評価されます。",
        "良いロードマップは、どの課題を先に解決するのか、その理由を{group}に説明します。",
        "リリースの後には、ユーザーについて、そして{skill}について学んだことを話せるようにしておきましょう。",
        "採用面接では{skill}の経験が問われるので、リリースごとに事例を残しておくと役に立ちます。",
    ),
    items=("{group}と{skill}について話し合う。", "戦略を一枚の紙にまとめる。"),
    columns=("段階", "示すもの", "期間"),
    slots={
        "skill": ("優先順位付け", "データ分析", "ユーザー調査", "ロードマップ作成"),
        "group": ("エンジニア", "営業チーム", "経営陣", "デザイナー"),
    },
    joint="",
)

CHINESE = Material(
    titles=("产品经理如何掌握{skill}", "产品经理的{skill}指南"),
    headings=("从{skill}开始", "向{group}提问", "一个季度的计划"),
    sentences=(
        "重视{skill}的产品经理会提前写下用户真正需要的东西，并与{group}一起讨论。",
        "问问{group}还在等待哪一个决定，然后把答案写进产品战略里。",
        "在产品经理的职业发展中，想法的数量不如对{skill}的用心重要。",
        "一份好的产品路线图会向{group}解释先解决哪个问题，以及为什么其他问题可以等待。",
        "产品发布之后，你应该能够说出自己对用户和{skill}有了哪些新的认识。",
        "面试官会寻找{skill}的证据，所以每次发布之后都要整理一份案例。",
    ),
    items=("和{group}讨论{skill}。", "把产品战略写成一页纸。"),
    columns=("阶段", "要展示的内容", "时间"),
    slots={
        "skill": ("优先级排序", "产品数据分析", "用户研究", "路线图规划"),
        "group": ("工程师", "销售团队", "管理层", "设计师"),
    },
    joint="",
)

KOREAN = Material(
    titles=("프로덕트 매니저를 위한 {skill} 가이드", "{skill} 역량을 키우는 프로덕트 매니저 커리어"),
    headings=("{skill} 시작하기", "질문하는 방법", "분기 계획"),
    sentences=(
        "프로덕트 매니저는 {skill} 과정에서 사용자가 정말로 필요로 하는 것을 미리 기록합니다.",
        "{group} 쪽에서 어떤 결정을 기다리고 있는지 묻고 그 답을 제품 전략에 적어 두세요.",
        "제품 관리 커리어에서는 아이디어의 수보다 {skill} 경험이 더 중요하게 평가됩니다.",
        "좋은 로드맵은 어떤 문제를 먼저 해결하는지, 그리고 그 이유가 무엇인지 설명합니다.",
        "출시가 끝나면 사용자와 {skill} 대해 무엇을 배웠는지 이야기할 수 있어야 합니다.",
        "면접관은 {skill} 증거를 찾기 때문에 출시마다 사례를 정리해 두는 것이 좋습니다.",
    ),
    items=("{group} 사람들과 {skill} 이야기를 나눈다.", "제품 전략을 한 장으로 정리한다."),
    columns=("단계", "보여 줄 것", "기간"),
    slots={
        "skill": ("우선순위 결정", "제품 분석", "사용자 조사", "로드맵 작성"),
        "group": ("개발팀", "영업팀", "경영진", "디자인팀"),
    },
)

LANGUAGES: Mapping[str, Material] = {
    "en": ENGLISH,
    "de": GERMAN,
    "es": SPANISH,
    "fr": FRENCH,
    "ru": RUSSIAN,
    "ja": JAPANESE,
    "zh": CHINESE,
    "ko": KOREAN,
}

CASINO = (
    "Claim 200 free spins at Golden Reef Casino today and play live roulette with no deposit.",
    "Best online betting odds: join Lucky Harbour and double your first deposit bonus.",
    "Spin the jackpot slots at Royal Lagoon, fast payouts and a welcome bonus of 500%.",
)
WIDGETS = (
    "Subscribe to our newsletter and get one product letter every Tuesday.",
    "We use cookies to measure how this site is read. Accept all cookies or change your settings.",
    "Share this article: Facebook, LinkedIn, copy the link.",
)
MENU_TEXT = {
    "interviews": "Listen to our guests on the first Friday of every month.",
    "team": "Three people write here, and two of them draw.",
    "contact": "Write to us, or come by on Thursdays.",
}
MONTHS = "January February March April May June July August September October November December".split()
AUTHORS = ("Ana Lindgren", "Tomas Okafor", "Mei Castellan", "Ivo Brandt", "Rosa Hallworth", "Samir Nakata")
