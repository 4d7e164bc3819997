from django.urls import path

from donate import donor_pages

urlpatterns = [
    path("", donor_pages.home, name="giving"),
    path("in/<str:token>/", donor_pages.enter, name="giving_enter"),
    path("out/", donor_pages.leave, name="giving_leave"),
    path("card/<str:token>/", donor_pages.card, name="giving_card"),
    path("regular/<uuid:public_id>/amount/", donor_pages.change, {"act": "amount"}, name="giving_amount"),
    path("regular/<uuid:public_id>/pause/", donor_pages.change, {"act": "pause"}, name="giving_pause"),
    path("regular/<uuid:public_id>/resume/", donor_pages.change, {"act": "resume"}, name="giving_resume"),
    path("regular/<uuid:public_id>/stop/", donor_pages.change, {"act": "stop"}, name="giving_stop"),
    path("regular/<uuid:public_id>/new-card/", donor_pages.change, {"act": "card"}, name="giving_new_card"),
    path("receipts/<str:number>.pdf", donor_pages.receipt_pdf, name="receipt_pdf"),
    path("receipts/<str:number>/", donor_pages.receipt, name="receipt"),
    path("statements/<int:year>.pdf", donor_pages.statement_pdf, name="statement_pdf"),
    path("statements/<int:year>/", donor_pages.statement, name="statement"),
]
