"""A small library of made-up documents in folders, two languages and both scripts, for tests of the library's page."""

from __future__ import annotations

SHELF: dict[str, str] = {
    "制度/清河图书馆借阅办法.md": """# 清河图书馆借阅办法

清河图书馆 2025年3月1日

## 借阅数量与期限

普通读者每次最多可借图书10册。普通读者的借期为30天。少儿读者每次最多可借图书6册。

## 逾期处理

图书逾期后每天收取0.1元滞纳金。清河图书馆对遗失图书按原价的2倍收取赔偿金。

## 开放时间

清河图书馆每周开放62个小时。自习室在2025年4月10日重新开放。
""",
    "制度/2025年/清河图书馆分馆情况.md": """# 清河图书馆分馆情况

各分馆的藏书与负责人见下表。

| 分馆 | 藏书量（册） | 开馆日期 | 负责人 |
|---|---|---|---|
| 东湖分馆 | 48200 | 2019年6月1日 | 周敏 |
| 西岭分馆 | 31500 | 2021年9月15日 | 吴建国 |
| 南浦分馆 | 27800 | 2023年5月20日 | 郑晓梅 |

清河图书馆全年举办读者活动126场。
""",
    "English/Harbour Studio Tenancy Agreement.md": """# Harbour Studio Tenancy Agreement

## 1. Rent and Deposit

The monthly rent is $1,250. The deposit is $2,500. The rent must be paid by the fifth working day of the month.

## 2. Notice and Repairs

The tenant must give 45 days' notice before moving out. Urgent repairs are completed within 3 days.

## 3. Keys

The tenant may keep 4 keys during the tenancy.
""",
    "港口/濱海港年報.txt": """濱海港年報

濱海港務局 2024年12月31日

2024年濱海港完成貨物吞吐量5600萬噸。濱海港新增國際航線7條。濱海港全年接待郵輪旅客23萬人。
""",
}
"""The texts by their places in the documents folder."""
