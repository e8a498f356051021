"""The words that turn, limit or question a command on its line. Data only; after NFKC and in lower case."""

import re

#: Beside a command on its line these turn, limit or question it.
DOUBT = re.compile(
    r"[不非未否勿莫但却卻若除暂暫待吗嗎么麼?×✗✘❌☒□☐]|如果|假如|的话|条件|條件|前提|再议|然而|撤回|收回"
    r"|n['’`]t\b|\b(?:not|no|n|none|never|nor|neither|cannot|but|however|unless|except|if|until|once|only"
    r"|provided|subject to|without|false|wait|hold|later|instead|cancel|undo)\b"
)
#: With a no or a condition in them, and no doubt; taken out before doubts are looked for.
HARMLESS = re.compile(
    r"符合(?:申报|申請|申请|相关|有关|规定|支持)?(?:的)?条件(?![的时後后再者])|条件(?:成熟|具备)(?![的时后再])"
    r"|未(?:发现|发生|见)(?:问题|异常|违规)|不存在(?:问题|异议|违规)"
    r"|\bno (?:further |other )?(?:comments?|objections?|remarks?)\b"
)
#: Beside an approval on its line these limit it: the answer says less than yes.
LIMITS = re.compile(
    r"仅限|只限|限于|仅对|只对|只同意|部分|[缓緩][办辦批]|再[定说說办]|另[定议行]|为准|為準|忽略|玩笑|测试|測試|试试|后补|[后後]再|[后後]办"
    r"|明天|明日|改天|先[不别]|扣|剔|除|请?补[充正齐]"
    r"|\b(?:part|partial|partially|partly|conditions?|conditional(?:ly)?|exclud\w*|minus|limited|tomorrow|after|when|ignore"
    r"|joke|joking|test|testing|tentative(?:ly)?|almost|maybe|perhaps|first|second|some)\b"
)
